from datetime import timedelta
from uuid import uuid4

import pytest

from apps.catalog.interface import Kind, ProductDraft, Variant, catalog
from apps.stock.admin import LevelAdmin
from apps.stock.interface import Policy, stock
from apps.stock.models import Level, Location, Movement
from apps.stock.tests.shelf import commit, lapse, level, lines, reserve
from commerce import ids

pytestmark = pytest.mark.usefixtures("shelf")
LEVELS = "/admin/stock/level/"
CHANGED = 302
SETTINGS = {"policy": "tracked", "safety": 0, "backorder": 0, "expected": ""}


def page_of(sku):
    return f"{LEVELS}{Level.objects.get(sku=sku, location='main').pk}/"


def told(quantity, **more):
    form = {"sku": "MUG", "location": "main", "quantity": quantity, "reason": "Monday"}
    return form | {"reference": uuid4()} | more


def test_lists_by_sku_and_on_demand_the_lowest_first(merchant):
    text = merchant.get(LEVELS).content.decode()
    assert 0 < text.index("MUG") < text.index("TEE")
    lowest_first = f"{LEVELS}?o={LevelAdmin.list_display.index('free')}"
    text = merchant.get(lowest_first).content.decode()
    assert 0 < text.index("TEE") < text.index("MUG")


@pytest.mark.parametrize(
    ("query", "found"), [("q=MU", {"MUG"}), ("left=low", {"MUG", "TEE"}), ("left=none", {"CAP"})]
)
def test_finds_levels(merchant, query, found):
    stock.count(lines=lines(CAP=0, HAT=50), reference="more")
    stock.set_policy(skus=("SONG",), policy=Policy.UNTRACKED)
    shown = merchant.get(f"{LEVELS}?{query}").context["cl"].result_list
    assert {level.sku for level in shown} == found


def test_tells_the_story_of_a_level(merchant, alice, bob, order):
    reserve(alice, MUG=1)
    commit(order, bob, MUG=2)
    text = merchant.get(f"{page_of('MUG')}change/").content.decode()
    assert ids.public("cart", alice) in text
    assert ids.public("ord", order) in text
    assert "counted" in text


def test_counts_with_a_reason(merchant):
    assert merchant.post(f"{page_of('MUG')}count/", told(7)).status_code == CHANGED
    assert level("MUG") == (7, 0, 0)
    movement = Movement.objects.latest("id")
    assert (movement.reason, movement.actor, movement.on_hand) == ("Monday", "carol", 4)


def test_receives_a_sku_it_never_had(merchant):
    hat = ProductDraft("HAT", Kind.SIMPLE, {"en": "Hat"}, "hat", variants=(Variant("HAT"),))
    catalog.save(drafts=(hat,))
    assert merchant.get(f"{LEVELS}receive/").status_code == 200
    assert merchant.post(f"{LEVELS}receive/", told(5, sku="HAT")).status_code == CHANGED
    assert level("HAT") == (5, 0, 0)


def test_a_form_sent_twice_receives_once(merchant):
    form = told(5)
    for _ in range(2):
        merchant.post(f"{LEVELS}receive/", form)
    assert level("MUG") == (8, 0, 0)


def test_says_why_a_count_cannot_be(merchant, alice):
    reserve(alice, MUG=2)
    page = merchant.post(f"{page_of('MUG')}count/", told(1))
    assert "2 units are promised" in page.content.decode()
    assert level("MUG") == (3, 2, 0)


@pytest.mark.parametrize("wrong", [{"quantity": -1}, {"quantity": "two"}, {"reason": ""}])
def test_asks_again_for_what_is_wrong(merchant, wrong):
    page = merchant.post(f"{page_of('MUG')}count/", told(1) | wrong)
    assert page.context["form"].errors
    assert level("MUG") == (3, 0, 0)


def test_transfers_and_corrects_with_a_reason(merchant):
    Location.objects.create(code="attic", name="Attic")
    assert merchant.post(f"{page_of('MUG')}transfer/", told(2, to="attic")).status_code == CHANGED
    assert merchant.post(f"{page_of('MUG')}correct/", told(-1)).status_code == CHANGED
    levels = Level.objects.filter(sku="MUG").order_by("location")
    assert [(each.location, each.on_hand) for each in levels] == [("attic", 2), ("main", 0)]
    assert merchant.post(f"{LEVELS}return/", told(1)).status_code == CHANGED
    kinds = Movement.objects.filter(reason="Monday", actor="carol").values_list("kind", flat=True)
    assert list(kinds.order_by("id")) == ["moved", "moved", "corrected", "returned"]


@pytest.mark.parametrize(
    ("door", "form", "field"),
    [
        ("correct", {"quantity": -4}, "quantity"),
        ("correct", {"quantity": 0}, "quantity"),
        ("receive", {"quantity": 0}, "quantity"),
        ("receive", {"quantity": 2**63}, "quantity"),
        ("receive", {"quantity": "1.5"}, "quantity"),
        ("receive", {"sku": "NOBODY-HAS-THIS"}, "sku"),
        ("receive", {"location": "moon"}, "location"),
        ("transfer", {"to": "main"}, "to"),
        ("transfer", {"to": ""}, "to"),
        ("return", {"reason": ""}, "reason"),
    ],
)
def test_says_at_which_field_it_cannot_be(merchant, door, form, field):
    page = merchant.post(f"{LEVELS}{door}/", told(1) | form)
    assert list(page.context["form"].errors) == [field]
    assert Movement.objects.count() == 2


def test_changes_the_policy_and_no_figure(merchant):
    answer = merchant.post(
        f"{page_of('MUG')}change/", {**SETTINGS, "policy": "untracked", "on_hand": 99}
    )
    assert answer.status_code == CHANGED
    assert not stock.available(skus=("MUG",))["MUG"].tracked
    assert level("MUG") == (3, 0, 0)


def test_changes_how_a_level_sells_within_what_is_promised(merchant, alice):
    page = f"{page_of('MUG')}change/"
    merchant.post(page, SETTINGS | {"backorder": 2, "expected": "2030-01-31"})
    reserve(alice, MUG=5)
    answer = merchant.post(page, SETTINGS | {"backorder": 1}, follow=True)
    assert "More units are promised" in answer.content.decode()
    assert Level.objects.get(sku="MUG").backorder == 2


@pytest.mark.parametrize("page", ["level", "movement", "listedhold"])
def test_nothing_is_added_by_hand(merchant, page):
    assert merchant.get(f"/admin/stock/{page}/add/").status_code == 403


def test_who_may_only_look_cannot_count(onlooker):
    assert onlooker.get(f"{page_of('MUG')}change/").status_code == 200
    for door in ("count", "receive", "return", "transfer", "correct"):
        assert onlooker.post(f"{page_of('MUG')}{door}/", told(9)).status_code == 403
    assert level("MUG") == (3, 0, 0)


def test_shows_the_ledger(merchant):
    text = merchant.get("/admin/stock/movement/?q=MU").content.decode()
    assert "opening" in text
    movement = Movement.objects.get(sku="MUG")
    assert merchant.post(f"/admin/stock/movement/{movement.pk}/change/", {}).status_code == 403


def test_finds_holds_by_cart(merchant, alice, bob):
    reserve(alice, MUG=1)
    reserve(bob, TEE=1)
    lapse(bob, ago=timedelta(minutes=1))
    holds = "/admin/stock/listedhold/"
    everything = merchant.get(holds).context["cl"].result_list
    assert [hold.sku for hold in everything] == ["TEE", "MUG"]
    one = merchant.get(f"{holds}?q={ids.public('cart', alice)}").context["cl"].result_list
    assert [hold.cart for hold in one] == [alice]
    assert merchant.get(f"{holds}{one[0].pk.replace('/', '_2F')}/change/").status_code == 200


@pytest.mark.parametrize("page", ["level", "movement", "listedhold"])
def test_no_page_counts_rows(merchant, page, django_assert_max_num_queries, alice):
    reserve(alice, MUG=1)
    with django_assert_max_num_queries(6) as asked:
        merchant.get(f"/admin/stock/{page}/")
    assert not [query for query in asked if "COUNT(" in query["sql"].upper()]


def test_finds_what_an_order_moved(merchant, bob, order):
    commit(order, bob, MUG=2)
    text = merchant.get("/admin/stock/movement/", {"q": ids.public("ord", order)}).content.decode()
    assert ids.public("ord", order) in text
    assert "opening" not in text


def test_first_page_says_what_is_gone_and_what_soon_will_be(merchant):
    stock.count(lines=lines(CAP=0), reference="gone")
    text = merchant.get("/admin/").content.decode()
    assert "Sold out" in text
    assert f"{LEVELS}?left=low" in text
