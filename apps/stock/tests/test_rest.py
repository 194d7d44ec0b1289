import pytest

from apps.stock.interface import Policy, stock
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
