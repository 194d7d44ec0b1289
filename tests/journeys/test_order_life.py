"""An order is sent in parts, taken back in part and paid back, by real contexts over HTTP."""

import time

import pytest

from apps.payments.interface import payments
from apps.stock.interface import stock
from commerce import ids
from commerce.rest import keys
from commerce.testing.processes import running
from tests.journeys.partner import ADDRESS, Partner, sell

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "sk_" + "l" * 32
WHY = {"reason": "As agreed"}


class Merchant:
    """Handles one order over the API."""

    def __init__(self, shopper, order):
        keys.ensure("WMS", "sk", SECRET, ["orders:read", "orders:write"])
        self.shopper, self.place = shopper, f"/api/orders/v1/orders/{order}"

    def post(self, path, body):
        headers = {"Authorization": f"Bearer {SECRET}", "Idempotency-Key": ids.new().hex}
        answer = Partner(self.shopper.url).ask("POST", self.place + path, body, **headers)
        assert answer.status in {200, 201}, answer.body
        return answer.body

    def seen(self, wanted):
        """Return the order as its shopper sees it, as soon as it is as wanted."""
        for _ in range(100):
            found = self.shopper.ask("GET", self.place).body
            if wanted(found):
                return found
            time.sleep(0.2)
        raise AssertionError(found)


def buy(shopper):
    shopper.begin()
    shopper.add("MUG", 3)
    shopper.change("PATCH", "", {"email": "ada@example.com", "shipping_address": ADDRESS})
    options = shopper.ask("GET", f"/api/cart/v1/carts/{shopper.cart}/shipping-options").body
    shopper.change("PUT", "/shipping", {"option": options["data"][0]["code"]})
    return shopper.order(shopper.pay()).body["id"]


def test_an_order_lives_to_its_end():
    sell("MUG", 5, price="10.00")
    with running("web", "worker", "relay") as shop:
        shopper = Partner(shop.url)
        order = buy(shopper)
        merchant = Merchant(shopper, order)
        merchant.seen(lambda found: found["status"] == "paid")
        merchant.post("/cancel", WHY | {"items": [{"line": 1, "quantity": 1}]})
        parcel = merchant.post("/fulfillments", {})["id"]
        merchant.post(f"/fulfillments/{parcel}/ship", {"carrier": "DHL", "tracking_number": "42"})
        merchant.post(f"/fulfillments/{parcel}/deliver", {})
        items = {"items": [{"line": 1, "quantity": 1}]}
        back = merchant.post("/returns", items | WHY)["id"]
        for step, said in (("approve", {}), ("receive", {}), ("refund", WHY)):
            merchant.post(f"/returns/{back}/{step}", said)
        found = merchant.seen(
            lambda found: [each["status"] for each in found["refunds"]] == ["made", "made"]
        )
        documents = shopper.ask("GET", f"{merchant.place}/invoices").body["data"]
    assert (found["status"], found["refunded"]["amount"]) == ("delivered", "20.00")
    assert stock.available(skus=("MUG",))["MUG"].free == 4
    paid = payments.payment(order=ids.parse("ord", order))
    assert str(paid.refunded.amount) == "20.00"
    assert paid.captured - paid.refunded == paid.left
    assert documents[0]["number"].startswith("INV-")
