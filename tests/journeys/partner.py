"""A partner's program: it speaks HTTP and JSON to a running shop and knows nothing else of it."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import urllib3

from apps.catalog.interface import Kind, ProductDraft, Variant, catalog
from apps.pricing.interface import Price, pricing
from apps.stock.interface import Line, stock
from commerce.money import Money
from commerce.rest.keys import storefront_key

POOL = urllib3.PoolManager(maxsize=64, retries=False, timeout=30)
ADDRESS = {
    "name": "Ada Lovelace",
    "line1": "12 rue des Halles",
    "postal_code": "75001",
    "city": "Paris",
    "country": "FR",
}


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: dict[str, Any]
    headers: Any


@dataclass
class Partner:
    """Buys in the shop at `url`; remembers its cart and the cart's token."""

    url: str
    cart: str = ""
    token: str = ""
    version: int = 0

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        credential = {"X-Cart-Token": self.token} if self.token else {}
        credential = credential or {"X-Api-Key": storefront_key()}
        answer = POOL.request(
            method,
            self.url + path,
            body=None if body is None else json.dumps(body),
            headers={"Content-Type": "application/json"} | credential | headers,
        )
        return Answer(answer.status, json.loads(answer.data or b"{}"), answer.headers)

    def post(self, path: str, body: Any, key: str | None = None) -> Answer:
        return self.ask("POST", path, body, **{"Idempotency-Key": key or str(uuid4())})

    def begin(self) -> Answer:
        """Ask for a cart."""
        answer = self.post("/api/cart/v1/carts", {"currency": "EUR", "locale": "en"})
        self.cart, self.token = answer.body["id"], answer.body["token"]
        self.version = answer.body["version"]
        return answer

    def add(self, sku: str, quantity: int) -> Answer:
        """Put goods in the cart."""
        path = f"/api/cart/v1/carts/{self.cart}/items"
        answer = self.post(path, {"sku": sku, "quantity": quantity})
        if answer.status == 201:
            self.version = answer.body["cart"]["version"]
        return answer

    def change(self, method: str, path: str, body: Any) -> Answer:
        """Change the cart as it was last seen."""
        path = f"/api/cart/v1/carts/{self.cart}{path}"
        answer = self.ask(method, path, body, **{"If-Match": f'"{self.version}"'})
        self.version = answer.body.get("version", self.version)
        return answer

    def pay(self, method: str = "test") -> Answer:
        """Start a payment session for the cart."""
        return self.post("/api/payments/v1/sessions", {"cart_id": self.cart, "method": method})

    def wish(self, session: Answer) -> dict[str, Any]:
        """Say what is to be ordered: the cart as it was last seen, for what is authorised."""
        return {
            "cart_id": self.cart,
            "cart_version": self.version,
            "expected_total": session.body["amount"],
            "payment_session": session.body["id"],
        }

    def order(self, session: Answer, key: str | None = None) -> Answer:
        """Order the cart."""
        return self.post("/api/orders/v1/orders", self.wish(session), key)

    def follow(self, order: Answer, wait: int = 20) -> Answer:
        """Wait until the order is confirmed."""
        return self.ask("GET", f"/api/orders/v1/orders/{order.body['id']}?wait={wait}")

    def buy(self, sku: str) -> Answer:
        """Order one unit of something that is not sent, in four calls."""
        self.begin()
        added = self.add(sku, 1)
        return self.order(self.pay()) if added.status == 201 else added


def sell(sku: str, units: int, *, kind: Kind = Kind.SIMPLE, price: str = "10.00") -> None:
    """Put goods on the shelf."""
    draft = ProductDraft(
        key=sku,
        kind=kind,
        name={"en": f"The {sku.lower()}", "fr": f"Le {sku.lower()}"},
        slug=sku.lower(),
        variants=(Variant(sku),),
    )
    catalog.save(drafts=(draft,))
    pricing.set_prices(prices=(Price(sku, Money.of(price, "EUR")),))
    stock.count(lines=(Line(sku, units),), reference=f"test:{sku}")
