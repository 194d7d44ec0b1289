import pytest

from apps.stock.domain.moves import Flaw, Kind, Move, NotMoved, Verdict, flaw
from apps.stock.models import Location, Movement
from apps.stock.service import move, move_each
from apps.stock.tests.shelf import ask, commit, lapse, level, reserve

pytestmark = pytest.mark.usefixtures("shelf")
REFERENCE = "note 17"


@pytest.fixture
def attic(db):
    return Location.objects.create(code="attic", name="Attic").code


def wish(kind, quantity, sku="MUG", *, location="main", to="", reference=REFERENCE):
    return Move(Kind(kind), sku, location, quantity, reference, "because", to)


def make(*moves):
    return [outcome.verdict for outcome in move(moves, actor="carol")]


def refused(*moves):
    with pytest.raises(NotMoved) as refusal:
        move(moves, actor="carol")
    return [(outcome.move.sku, outcome.verdict) for outcome in refusal.value.outcomes]


def level_at(location, sku="MUG"):
    sql = "SELECT on_hand, held, allocated FROM stock_level WHERE sku = %s AND location = %s"
    return next(iter(ask(sql, sku, location)), None)


@pytest.mark.parametrize(
    ("kind", "quantity", "left"),
    [("received", 4, 7), ("returned", 1, 4), ("counted", 2, 2), ("corrected", -2, 1)],
)
def test_changes_what_is_there(kind, quantity, left):
    assert make(wish(kind, quantity)) == [Verdict.DONE]
    assert level("MUG") == (left, 0, 0)
    step = Movement.objects.get(reference=REFERENCE)
    assert (step.kind, step.on_hand, step.reason, step.actor) == (
        kind, left - 3, "because", "carol",
    )  # fmt: skip


def test_goods_that_move_are_in_one_place_at_any_time(attic):
    make(wish("moved", 2, to=attic))
    assert (level_at("main"), level_at(attic)) == ((1, 0, 0), (2, 0, 0))
    steps = Movement.objects.filter(reference=REFERENCE).order_by("id")
    assert [(step.location, step.on_hand) for step in steps] == [("main", -2), (attic, 2)]


@pytest.mark.parametrize(
    ("kind", "quantity"), [("received", 4), ("counted", 9), ("corrected", -1), ("moved", 1)]
)
def test_is_made_once_under_its_reference(attic, kind, quantity):
    again = wish(kind, quantity, to=attic if kind == "moved" else "")
    make(again)
    after = level("MUG"), level_at(attic)
    assert make(again) == [Verdict.REPEATED]
    assert (level("MUG"), level_at(attic)) == after


@pytest.mark.parametrize(
    ("kind", "quantity", "verdict"),
    [
        ("corrected", -4, Verdict.BELOW_ZERO),
        ("moved", 4, Verdict.BELOW_ZERO),
        ("corrected", -2, Verdict.BELOW_PROMISED),
        ("moved", 2, Verdict.BELOW_PROMISED),
        ("counted", 1, Verdict.BELOW_PROMISED),
        ("received", 2_147_483_647, Verdict.TOO_MANY),
    ],
)
def test_refuses_what_the_shelf_does_not_give(attic, alice, bob, order, kind, quantity, verdict):
    reserve(alice, MUG=1)
    commit(order, bob, MUG=1)
    bad = wish(kind, quantity, to=attic if kind == "moved" else "")
    assert refused(wish("received", 1, "TEE"), bad) == [("MUG", verdict)]
    assert (level("MUG"), level("TEE"), level_at(attic)) == ((3, 1, 1), (1, 0, 0), None)
    assert not Movement.objects.filter(reference=REFERENCE).exists()


def test_who_is_refused_takes_nothing_from_carts_that_let_lapse(alice, bob):
    reserve(alice, MUG=1)
    reserve(bob, MUG=2)
    lapse(alice)
    [outcome] = move_each([wish("corrected", -3)], actor="carol")
    assert (outcome.verdict, outcome.promised) == (Verdict.BELOW_PROMISED, 2)
    assert level("MUG") == (3, 3, 0)
    assert make(wish("corrected", -1)) == [Verdict.DONE]
    assert level("MUG") == (2, 2, 0)


def test_what_is_possible_is_done_and_the_rest_told(attic):
    moves = [
        wish("corrected", -4),
        wish("received", 1, "NOBODY-HAS-THIS"),
        wish("received", 1, location="moon"),
        wish("moved", 1, "TEE", to=attic),
    ]
    verdicts = [outcome.verdict for outcome in move_each(moves, actor="carol")]
    assert verdicts == [
        Verdict.BELOW_ZERO,
        Verdict.UNKNOWN_SKU,
        Verdict.UNKNOWN_LOCATION,
        Verdict.DONE,
    ]
    assert (level("MUG"), level_at(attic, "TEE")) == ((3, 0, 0), (1, 0, 0))
    assert ask("SELECT 1 FROM stock_level WHERE sku = 'NOBODY-HAS-THIS'") == []


def test_a_delivery_is_welcome_however_much_is_promised(alice):
    reserve(alice, MUG=3)
    assert make(wish("received", 1)) == [Verdict.DONE]


@pytest.mark.parametrize(
    ("kind", "quantity", "to", "found"),
    [
        ("received", 0, "", Flaw.TOO_FEW),
        ("received", -1, "", Flaw.TOO_FEW),
        ("counted", -1, "", Flaw.TOO_FEW),
        ("corrected", 0, "", Flaw.NOTHING),
        ("received", 2**63, "", Flaw.TOO_MUCH),
        ("corrected", -(2**63), "", Flaw.TOO_MUCH),
        ("moved", 1, "", Flaw.NO_TARGET),
        ("moved", 1, "main", Flaw.SAME_PLACE),
        ("counted", 1, "attic", Flaw.NEEDLESS_TARGET),
        ("counted", 0, "", None),
        ("corrected", -1, "", None),
        ("moved", 1, "attic", None),
    ],
)
def test_sees_what_makes_no_sense(kind, quantity, to, found):
    assert flaw(wish(kind, quantity, to=to)) is found


def test_a_correction_says_why():
    assert flaw(Move(Kind.CORRECTED, "MUG", "main", -1, REFERENCE)) is Flaw.NO_REASON


def test_every_level_can_be_rebuilt(attic, alice, bob, order):
    make(wish("moved", 1, to=attic), wish("received", 9, "TEE"))
    reserve(alice, MUG=1, TEE=2)
    commit(order, bob, TEE=3)
    rebuilt = ask("SELECT sku, location, on_hand, held, allocated FROM stock_rebuilt")
    levels = ask("SELECT sku, location, on_hand, held, allocated FROM stock_level")
    assert sorted(rebuilt) == sorted(levels)
    assert len(levels) == 3
