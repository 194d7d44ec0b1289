import pytest

from apps.stock.interface import Policy, stock
from apps.stock.models import Location
from apps.stock.tests.partner import Partner
from apps.stock.tests.shelf import lapse, reserve
from commerce.rest import keys

pytestmark = pytest.mark.usefixtures("shelf")
URL = "/api/stock/v1/availability"


@pytest.fixture
def ask(client):
    key = keys.storefront_key()
    return lambda query: client.get(f"{URL}?{query}", headers={"X-Api-Key": key})


def test_tells_what_can_be_reserved(ask, alice):
    stock.set_policy(skus=("SONG",), policy=Policy.UNTRACKED)
    reserve(alice, MUG=1)
    assert ask("sku=TEE,MUG,HAT,SONG").json() == {
        "data": [
            {"sku": "TEE", "in_stock": True, "free": 1},
            {"sku": "MUG", "in_stock": True, "free": 2},
            {"sku": "HAT", "in_stock": False, "free": 0},
            {"sku": "SONG", "in_stock": True, "free": None},
        ]
    }


def test_counts_what_lapsed(ask, alice):
    reserve(alice, MUG=3)
    assert not ask("sku=MUG").json()["data"][0]["in_stock"]
    lapse(alice)
    assert ask("sku=MUG").json()["data"][0]["free"] == 3


@pytest.mark.parametrize(
    ("display", "free"), [("exact", [3, 1]), ("threshold", [None, 1]), ("flag", [None, None])]
)
def test_strangers_are_told_what_the_shop_wants(ask, settings, display, free):
    settings.STOCK_DISPLAY, settings.STOCK_DISPLAY_THRESHOLD = display, 2
    told = ask("sku=MUG,TEE").json()["data"]
    assert [each["free"] for each in told] == free
    assert all(each["in_stock"] for each in told)
    partner = Partner("stock:read").get("availability?sku=MUG,TEE").json()["data"]
    assert [each["free"] for each in partner] == [3, 1]


def test_tells_what_is_at_a_location(ask):
    Location.objects.create(code="attic", name="Attic")
    assert ask("sku=MUG&location=main").json()["data"][0]["free"] == 3
    assert ask("sku=MUG&location=attic").json()["data"][0]["free"] == 0
    assert ask("sku=MUG&location=moon").json()["code"] == "location-unknown"


def test_is_kept_at_the_edge_for_a_second(ask):
    assert "s-maxage=1" in ask("sku=MUG").headers["Cache-Control"]


@pytest.mark.parametrize("query", ["", "sku=", "sku=" + ",".join(map(str, range(101)))])
def test_asks_for_one_to_a_hundred_skus(ask, query):
    answer = ask(query)
    assert (answer.status_code, answer.json()["code"]) == (400, "query-invalid")


def test_needs_a_key(client):
    assert client.get(f"{URL}?sku=MUG").status_code == 401


def test_is_one_statement(ask, django_assert_num_queries):
    ask("sku=MUG")
    with django_assert_num_queries(1):
        ask("sku=MUG,TEE,HAT")
