"""A promotion for first orders, and one for good customers, in cart, pre-check and order alike."""

import json
import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from apps.catalog.interface import Kind
from apps.pricing.models import Promotion
from commerce.rest import keys
from commerce.testing.members import Member, join
from commerce.testing.processes import running
from tests.journeys.partner import POOL, Answer, sell

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "sk_" + "h" * 32
ORDERS = "/api/orders/v1/orders"


@dataclass
class App:
    """A customer's app; it knows nothing but what the shop tells over HTTP."""

    url: str
    member: Member

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
        raw = None if body is None else json.dumps(body)
        said = POOL.request(method, self.url + path, body=raw, headers=headers | self.member.bearer)
        return Answer(said.status, json.loads(said.data or b"{}"), said.headers)

    def fill(self) -> dict[str, Any]:
        """Have a voucher of 25.00 in the live cart; returns the cart as it is shown."""
        cart = self.ask("POST", "/api/cart/v1/carts", {"currency": "EUR"}).body["id"]
        here = f"/api/cart/v1/carts/{cart}"
        if not self.ask("GET", here).body["items"]:
            assert self.ask("POST", f"{here}/items", {"sku": "VOUCHER"}).status == 201
        return self.ask("GET", here).body

    def order(self, cart: dict[str, Any]) -> Answer:
        """Order a cart for what it showed, having asked whether that can be done."""
        wish = {"cart_id": cart["id"], "method": "test"}
        session = self.ask("POST", "/api/payments/v1/sessions", wish).body
        wish = {
            "cart_id": cart["id"],
            "cart_version": cart["version"],
            "expected_total": cart["totals"]["grand"],
            "payment_session": session["id"],
        }
        assert self.ask("POST", "/api/orders/v1/prechecks", wish).body == {"ok": True}
        return self.ask("POST", ORDERS, wish)

    def buy(self) -> tuple[str, str]:
        """Order a voucher; returns what the order cost and its id, as soon as it is paid."""
        answer = self.order(self.fill())
        assert answer.status == 202, answer.body
        here = f"{ORDERS}/{answer.body['id']}"
        found = self.ask("GET", f"{here}?wait=20").body
        return found["totals"]["grand"]["amount"], answer.body["id"]

    def price(self, wanted: str) -> str:
        """Return what a voucher costs in a cart, as soon as that is as wanted."""
        cart = self.fill()
        for _ in range(100):
            shown = self.ask("GET", f"/api/cart/v1/carts/{cart['id']}").body
            if shown["totals"]["grand"]["amount"] == wanted:
                break
            time.sleep(0.2)
        return str(shown["totals"]["grand"]["amount"])


def promote(key, percent, condition, **more):
    terms = {
        "conditions": [condition],
        "effects": [{"kind": "order-percent", "percent": percent}],
    }
    Promotion.objects.create(key=key, name=key, is_live=True, terms=terms, **more)


def test_earlier_orders_decide_what_the_next_costs():
    sell("VOUCHER", 9, kind=Kind.VIRTUAL, price="25.00")
    promote("welcome", "20", {"kind": "nth-order", "number": 1})
    promote("thanks", "10", {"kind": "spent-at-least", "amount": "45"}, currency="EUR")
    ada = join("ada@example.com", "Ada")
    with running("web", "worker", "relay") as shop:
        app = App(shop.url, ada)
        assert app.buy()[0] == "20.00"
        assert app.price("25.00") == "25.00"
        cost, second = app.buy()
        assert cost == "25.00"
        assert app.price("22.50") == "22.50"
        keys.ensure("WMS", "sk", SECRET, ["orders:read", "orders:write"])
        headers = {"Authorization": f"Bearer {SECRET}", "Idempotency-Key": str(uuid4())}
        headers |= {"Content-Type": "application/json"}
        path = f"{shop.url}{ORDERS}/{second}/cancel"
        said = POOL.request("POST", path, body='{"reason": "Asked to"}', headers=headers)
        assert said.status == 200, said.data
        assert app.price("25.00") == "25.00"
