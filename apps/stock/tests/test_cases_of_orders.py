"""What another shop's stock is after orders were placed, paid and cancelled, told as data.

What that shop keeps on hold for an order is what is allocated here; it lets goods go when they are
paid, which is when an order is shipped here.
"""

from pathlib import Path
from uuid import uuid4

import pytest
import yaml

from apps.stock.interface import Line, stock
from apps.stock.tests.shelf import TTL, ask

ELSEWHERE = {"set_address", "choose_shipping", "complete_address_shipping_payment"}
FILE = Path(__file__).resolve().parents[4] / "shared/data/pricing/cases.yaml"


def cases():
    if not FILE.exists():
        return []
    every = yaml.load(FILE.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    found = [case for case in every["cases"] if "stock" in case["expect"]]
    return [pytest.param(case, id=case["id"]) for case in found]


def shelve(given):
    for product in given["products"]:
        for good in product.get("variants", [product]):
            opening = (Line(good["key"], good.get("stock", product.get("stock", 0))),)
            stock.count(lines=opening, reference="opening")


class Order:
    """A cart that becomes an order, as a case tells it."""

    def __init__(self):
        self.cart, self.number, self.lines = uuid4(), uuid4(), {}

    def add(self, told):
        sku = told.get("variant", told["product"])
        self.lines[sku] = self.lines.get(sku, 0) + told["qty"]
        stock.reserve(cart=self.cart, lines=(Line(sku, self.lines[sku]),), ttl=TTL)

    def place_order(self, _):
        lines = tuple(Line(sku, units) for sku, units in self.lines.items())
        stock.commit(order=self.number, cart=self.cart, lines=lines)

    def merchant_sets_on_hand(self, told):
        counted = (
            Line(told.get("variant", told["product"]), told.get("on_hand", told.get("qty"))),
        )
        stock.count(lines=counted, reference="recount")

    def pay_order(self, _):
        stock.ship(order=self.number)

    def cancel_order(self, _):
        stock.cancel(order=self.number)


@pytest.mark.django_db
@pytest.mark.parametrize("case", cases())
def test_keeps_what_orders_need(case):
    shelve(case["given"])
    order = Order()
    for step in case["do"]:
        ((deed, told),) = step.items()
        if deed not in ELSEWHERE:
            getattr(order, deed)(told)
    sql = "SELECT on_hand, allocated FROM stock_level WHERE sku = %s"
    found = {sku: ask(sql, sku)[0] for sku in case["expect"]["stock"]}
    assert found == {
        sku: (level["on_hand"], level["on_hold"]) for sku, level in case["expect"]["stock"].items()
    }
