import pytest

from apps.stock.interface import Line, stock
from apps.stock.tests.partner import Partner
from apps.stock.tests.shelf import free, reserve

pytestmark = pytest.mark.usefixtures("shelf")
MUG = "levels/MUG@main"


@pytest.fixture
def partner(db):
    return Partner("stock:read", "stock:write")


def change(partner, settings, etag=None):
    etag = etag or partner.get(MUG).headers["ETag"]
    return partner.ask("PATCH", MUG, settings, If_Match=etag)


def test_shows_a_level(partner, alice):
    reserve(alice, MUG=1)
    assert partner.get(MUG).json() == {
        "sku": "MUG",
        "location": "main",
        "policy": "tracked",
        "on_hand": 3,
        "held": 1,
        "allocated": 0,
        "free": 2,
        "safety": 0,
        "backorder": 0,
        "expected": None,
    }


def test_changes_how_it_sells(partner):
    answer = change(partner, {"safety": 1, "backorder": 5, "expected": "2030-01-31"})
    assert answer.status_code == 200
    assert free("MUG") == 7
    assert change(partner, {"policy": "untracked"}).json()["backorder"] == 5


def test_sales_do_not_change_the_version_and_changes_do(partner, alice):
    seen = partner.get(MUG).headers["ETag"]
    reserve(alice, MUG=1)
    changed = change(partner, {"safety": 1}, seen)
    assert changed.status_code == 200
    stale = change(partner, {"safety": 2}, seen)
    assert (stale.status_code, stale.headers["ETag"]) == (412, changed.headers["ETag"])
    assert partner.ask("PATCH", MUG, {"safety": 2}).status_code == 428


def test_backorders_that_were_promised_stay_allowed(partner, alice):
    change(partner, {"backorder": 2})
    reserve(alice, MUG=5)
    answer = change(partner, {"backorder": 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "level-below-promised")
    assert partner.get(MUG).json()["backorder"] == 2


def test_a_sku_may_have_any_character(partner):
    stock.count(lines=(Line("M/G@ #1", 2),), reference="odd")
    assert partner.get("levels/M%2FG%40%20%231@main").json()["on_hand"] == 2


@pytest.mark.parametrize(
    "settings",
    [
        {"on_hand": 9},
        {"safety": -1},
        {"safety": 1.5},
        {"backorder": 2**63},
        {"policy": "hope"},
        {"expected": "soon"},
        {"safety": None},
    ],
)
def test_refuses_what_makes_no_setting(partner, settings):
    answer = change(partner, settings)
    assert (answer.status_code, answer.json()["code"]) == (422, "body-invalid")


@pytest.mark.parametrize("level", ["CAP@main", "MUG@moon", "MUG", "@", "M%00G@main"])
def test_an_unknown_level_is_not_found(partner, level):
    assert partner.get(f"levels/{level}").status_code == 404
    answer = partner.ask("PATCH", f"levels/{level}", {}, If_Match='"1"')
    assert answer.status_code == 404


def test_needs_the_right(partner):
    assert Partner("stock:read", name="Reader").ask(
        "PATCH", MUG, {"safety": 1}, If_Match='"1"'
    ).status_code == 403  # fmt: skip
