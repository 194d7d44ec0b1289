"""Whatever is wrong with a cart's items is told by its own code, and nothing is kept of it."""

import pytest

from apps.cart.tests.rest.shopper import Shopper, free, problem
from apps.stock.interface import Line, stock
from commerce.testing import stores

pytestmark = pytest.mark.usefixtures("house")
MANY = [{"sku": f"SKU-{number}"} for number in range(10_000)]


def mugs(*quantities):
    return [{"sku": "MUG", "quantity": quantity} for quantity in quantities]


@pytest.mark.parametrize(
    ("items", "expected", "pointer"),
    [
        (mugs(-1), (422, "body-invalid"), "/items/0/quantity"),
        (mugs(1, 0), (422, "body-invalid"), "/items/1/quantity"),
        (mugs(1.5), (422, "body-invalid"), "/items/0/quantity"),
        (mugs(10**30), (422, "body-invalid"), "/items/0/quantity"),
        (mugs(6, 5), (422, "cart-limit"), "/quantity"),
        (mugs(2, 2), (409, "out-of-stock"), "/items/1/quantity"),
        ([*mugs(1), {"sku": "NOBODY-SELLS-THIS"}], (422, "unknown-sku"), "/sku"),
        (MANY, (422, "body-invalid"), "/items"),
        ([{"sku": "MUG", "ttl": 10**9}], (422, "body-invalid"), "/items/0/ttl"),
        ([{"sku": "MUG", "hold": {"expires_at": None}}], (422, "body-invalid"), "/items/0/hold"),
    ],
)
def test_items_that_cannot_be_change_nothing(alice, items, expected, pointer):
    alice.add("MUG", 1)
    before = alice.show()
    answer = alice.change("PUT", "/items", {"items": items})
    assert problem(answer) == expected
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert (alice.show(), free()) == (before, 2)


@pytest.mark.parametrize("quantity", [-1, 0, 1.5, 10**30, "1"])
def test_a_line_cannot_have_so_many(alice, quantity):
    item = alice.add("MUG", 1).json()["id"]
    answer = alice.change("PATCH", f"/items/{item}", {"quantity": quantity})
    assert problem(answer) == (422, "body-invalid")
    assert (alice.show()["items"][0]["quantity"], free()) == (1, 2)


def test_an_expired_cart_keeps_nothing_aside(alice):
    stores.empty()
    for answer in (alice.add("MUG"), alice.change("PUT", "/items", {"items": mugs(1)})):
        assert problem(answer) == (404, "not-found")
    assert free() == 3


def test_a_forged_cart_keeps_nothing_aside(alice, bob):
    for stranger in (Shopper(bob.id, alice.token), Shopper(alice.id, alice.token[::-1])):
        assert problem(stranger.add("MUG")) == (404, "not-found")
        answer = stranger.change("PUT", "/items", {"items": mugs(1)})
        assert problem(answer) == (404, "not-found")
    assert free() == 3


def test_more_than_there_ever_was_changes_nothing(alice):
    stock.count(lines=(Line("MUG", 0),), reference="nothing is left")
    assert problem(alice.add("MUG")) == (409, "out-of-stock")
    assert (alice.show()["items"], free()) == ([], 0)
