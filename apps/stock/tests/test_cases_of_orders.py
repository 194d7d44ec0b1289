"""What another shop's stock is after orders were placed, paid and cancelled, told as data.

What that shop keeps on hold for an order is what is allocated here; it lets goods go when they are
paid, which is when an order is shipped here.
"""

from pathlib import Path
from uuid import uuid4

import pytest
import yaml

from apps.stock.interface import Line, stock
from apps.stock.service.adjust import receive
from apps.stock.tests.shelf import TTL, ask

ELSEWHERE = {
    *("set_address", "choose_shipping", "complete_address_shipping_payment", "enter_coupon"),
    "refund_order",  # money goes back, goods do not move
}
FOLDER = Path(__file__).resolve().parents[4] / "shared/data/pricing"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
BETWEEN = """
- id: PAID-AND-CANCELLED
  given: {products: [{key: mug, stock: 5}]}
  do: [add: {product: mug, qty: 3}, place_order: true, pay_order: true, cancel_order: true]
  expect: {stock: {mug: {on_hand: 5, on_hold: 0}}}
- id: PAID-AND-REFUNDED
  given: {products: [{key: mug, stock: 5}]}
  do: [add: {product: mug, qty: 3}, place_order: true, pay_order: true, refund_order: true]
  expect: {stock: {mug: {on_hand: 2, on_hold: 0}}}
- id: FEWER-OF-A-VARIANT-AND-ANOTHER-BUYER
  given: {products: [{key: mug, variants: [{key: red, stock: 5}, {key: blue, stock: 4}]}]}
  do:
  - add: {product: mug, variant: red, qty: 3}
  - add: {product: mug, variant: blue, qty: 1}
  - set_quantity: {product: mug, variant: red, qty: 2}
  - remove: {product: mug, variant: blue}
  - someone_else_buys: {product: mug, variant: red, qty: 1}
  - place_order: true
  expect: {stock: {red: {on_hand: 4, on_hold: 2}, blue: {on_hand: 4, on_hold: 0}}}
"""


def cases():
    files = sorted(FOLDER.glob("*.yaml")) if FOLDER.exists() else []
    every = [case for file in files for case in yaml.load(file.read_text(), LOADER)["cases"]]
    found = [case for case in every if "stock" in case["expect"]] + yaml.load(BETWEEN, LOADER)
    return [pytest.param(case, id=case["id"]) for case in found]


def shelve(given):
    for product in given["products"]:
        for good in product.get("variants", [product]):
            opening = (Line(good["key"], good.get("stock", product.get("stock", 0))),)
            stock.count(lines=opening, reference="opening")


class Order:
    """A cart that becomes an order, as a case tells it."""

    def __init__(self, given):
        self.cart, self.number, self.lines, self.paid = uuid4(), uuid4(), {}, False
        products = given["products"]
        self.first = {each["key"]: each.get("variants", [each])[0]["key"] for each in products}

    def sku(self, told):
        return told.get("variant") or self.first.get(told["product"], told["product"])

    def add(self, told):
        self.hold(self.sku(told), self.lines.get(self.sku(told), 0) + told["qty"])

    def set_quantity(self, told):
        self.hold(self.sku(told), told["qty"])

    def remove(self, told):
        self.hold(self.sku(told), 0)

    def hold(self, sku, units):
        stock.reserve(cart=self.cart, lines=(Line(sku, units),), ttl=TTL)
        self.lines[sku] = units

    def place_order(self, _):
        lines = tuple(Line(sku, units) for sku, units in self.lines.items() if units)
        stock.commit(order=self.number, cart=self.cart, lines=lines)

    def someone_else_buys(self, told):
        other = Order({"products": []})
        other.add({"product": self.sku(told), "qty": told.get("qty", 1)})
        other.place_order(True)
        other.pay_order(True)

    def merchant_sets_on_hand(self, told):
        (figure,) = told.keys() - {"product", "variant"}
        stock.count(lines=(Line(self.sku(told), told[figure]),), reference="recount")

    def pay_order(self, _):
        stock.ship(order=self.number)
        self.paid = True

    def cancel_order(self, _):
        if self.paid:  # what has left the house comes back as goods received
            back = tuple(Line(sku, units) for sku, units in self.lines.items() if units)
            receive(lines=back, reference="return")
        stock.cancel(order=self.number)


@pytest.mark.django_db
@pytest.mark.parametrize("case", cases())
def test_keeps_what_orders_need(case):
    shelve(case["given"])
    order = Order(case["given"])
    for step in case["do"]:
        ((deed, told),) = step.items()
        if deed not in ELSEWHERE:
            getattr(order, deed)(told)
    sql = "SELECT on_hand, allocated FROM stock_level WHERE sku = %s"
    found = {sku: ask(sql, sku)[0] for sku in case["expect"]["stock"]}
    assert found == {
        sku: (level["on_hand"], level["on_hold"]) for sku, level in case["expect"]["stock"].items()
    }
