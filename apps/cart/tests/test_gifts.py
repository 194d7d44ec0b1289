"""Gifts on the cart's page: offered while they are there, free once they are in the cart."""

import pytest

from apps.cart.tests.coupons import promote
from apps.stock.interface import Line, stock
from commerce import ids

pytestmark = pytest.mark.usefixtures("house")
GIFT = {"kind": "gift", "sku": "TEE"}


@pytest.fixture
def alice(client):
    """A browser with two mugs in its cart, in a shop that gives a tee to whoever buys a mug."""
    bought = {"kind": "contains-product", "names": ["mug"]}
    promote("present", GIFT, conditions=[bought], name="A tee for <you>")
    client.defaults["HTTP_SEC_FETCH_SITE"] = "same-origin"
    client.post("/cart/add", {"sku": "MUG", "quantity": "2"})
    return client


def test_a_gift_waits_until_it_is_put_in(alice):
    page = alice.get("/cart/").text
    assert "<b>A tee for &lt;you&gt;</b>: Tee is yours for nothing." in page
    alice.post("/cart/add", {"sku": "TEE", "quantity": "1"})
    page = alice.get("/cart/").text
    assert "yours for nothing" not in page
    assert "1 as a gift" in page
    assert "−€20.00" in page
    assert "€24.00" in page


def test_nobody_is_offered_what_is_sold_out(alice):
    stock.count(lines=(Line("TEE", 0),), reference="recount")
    assert "yours for nothing" not in alice.get("/cart/").text


def test_a_gift_without_what_earns_it_costs_its_price(alice):
    alice.post("/cart/add", {"sku": "TEE", "quantity": "1"})
    page = alice.get("/cart/")
    mug = next(line for line in page.context["contents"].lines if line.sku == "MUG")
    alice.post(f"/cart/items/{ids.public('item', mug.id)}/remove")
    assert "as a gift" not in alice.get("/cart/").text
