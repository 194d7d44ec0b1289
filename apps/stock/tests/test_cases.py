"""Figures of another shop's stock, told as data; units are whole, so fractions are sold as tenths.

Not supported: a least quantity for a line. What somebody may order is not the shelf's to say.
"""

from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
import yaml

from apps.stock.interface import BadQuantity, HoldLimit, Line, OutOfStock, stock
from apps.stock.models import Level, Location, Terms
from apps.stock.service import places
from apps.stock.tests.shelf import TTL, ask

FOLDER = Path(__file__).resolve().parents[4] / "shared/data/pricing"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PLACES = """
  given: &given
    warehouses: [{key: near, enabled: true}, {key: far, enabled: true}]
    sales_stocks:
    - {key: ALL, warehouses_by_priority: [near, far]}
    - {key: NEAR, warehouses_by_priority: [near]}
    warehouse_stock:
    - {product: MUG, warehouse: near, qty: '5', in_stock: true}
    - {product: MUG, warehouse: far, qty: '2', in_stock: true}
    products: [{key: MUG}]
"""
BETWEEN = f"""
- id: RESERVATIONS-ADD-UP
{PLACES}
  do:
  - append_reservation: {{product: MUG, stock: ALL, qty: '-4'}}
  - append_reservation: {{product: MUG, stock: ALL, qty: '1'}}
  - append_reservation: {{product: MUG, stock: NEAR, qty: '-1'}}
  - ask_salable_quantity: {{product: MUG, stock: ALL}}
  expect: {{salable_quantity: '4', reservations_sum: '-3'}}
- id: NOT-ENOUGH-TO-SHIP
{PLACES.replace("&given", "")}
  do: [plan_shipment: {{stock: ALL, items: [{{product: MUG, qty: '9'}}]}}]
  expect: {{shippable: false}}
"""


def cases():
    files = sorted(FOLDER.glob("*.yaml")) if FOLDER.exists() else []
    every = [case for file in files for case in yaml.load(file.read_text(), LOADER)["cases"]]
    ours = [case for case in every if case["policy"] == "magento-inventory"]
    found = ours + yaml.load(BETWEEN, LOADER)
    return [pytest.param(case, id=case["id"]) for case in found if not too_few(case)]


def too_few(case):
    """Tell whether fewer units are asked for than a line needs."""
    least = case["given"].get("settings", {}).get("minimum_quantity_per_line", 0)
    (asked,) = case["do"][-1].values()
    return Decimal(asked.get("qty", least)) < least


def units(case, sku, quantity):
    """Tell a quantity in the units the SKU is sold in; what is left over is no quantity."""
    fractional = {each["key"] for each in case["given"]["products"] if len(each) > 1}
    told = Decimal(quantity) * (10 if sku in fractional else 1)
    return int(told) if told == int(told) else float(told)


def build(case, pool):
    """Put goods at the warehouses of a pool, in its order."""
    given = case["given"]
    (chosen,) = (each for each in given["sales_stocks"] if each["key"] == pool)
    order = chosen["warehouses_by_priority"]
    Location.objects.update(enabled=False)
    for house in given["warehouses"]:
        rank = order.index(house["key"]) if house["key"] in order else 99
        sells = house["enabled"] and house["key"] in order
        Location.objects.create(code=house["key"], name=house["key"], priority=rank, enabled=sells)
    places.forget()
    for row in given["warehouse_stock"]:
        there = units(case, row["product"], row["qty"]) if row["in_stock"] else 0
        lines = (Line(row["product"], there),)
        stock.count(lines=lines, reference="opening", location=row["warehouse"])
    settle(case, given.get("settings", {}))


def settle(case, settings):
    """Sell on the terms of the case."""
    for name, value in settings.items():
        for product in case["given"]["products"]:
            so_many = units(case, product["key"], value)
            if name == "keep_back_quantity":
                enough = Level.objects.filter(sku=product["key"], on_hand__gt=so_many)
                enough.update(safety=so_many)
            elif name == "maximum_quantity_per_line":
                Terms.objects.create(sku=product["key"], per_cart=so_many)


def take(case, *wanted):
    """Reserve products and quantities; returns what comes from which warehouse."""
    lines = tuple(Line(sku, units(case, sku, quantity)) for sku, quantity in wanted)
    cart = uuid4()
    stock.reserve(cart=cart, lines=lines, ttl=TTL)
    sql = "SELECT location, sku, quantity FROM stock_hold WHERE cart = %s ORDER BY sku, location"
    return ask(sql, cart)


def can_sell(case, sku, quantity):
    try:
        return bool(take(case, (sku, quantity)))
    except (OutOfStock, HoldLimit, BadQuantity):
        return False


class Ledger:
    """Entries about what is sold from a pool: what they add up to is kept as one order."""

    def __init__(self, case, pool):
        self.case, self.pool = case, pool
        self.sums, self.orders = {}, {}

    def append(self, told):
        sku = told["product"]
        if told.get("stock", self.pool) == self.pool:
            self.sums[sku] = self.sums.get(sku, 0) + Decimal(told["qty"])
            if sku in self.orders:
                stock.cancel(order=self.orders.pop(sku))
            if self.sums[sku] < 0:
                self.place(sku, units(self.case, sku, -self.sums[sku]))

    def place(self, sku, quantity):
        cart, self.orders[sku] = uuid4(), uuid4()
        lines = (Line(sku, quantity),)
        stock.reserve(cart=cart, lines=lines, ttl=TTL)
        stock.commit(order=self.orders[sku], cart=cart, lines=lines)

    def sum(self, sku):
        sql = "SELECT coalesce(sum(allocated), 0) FROM stock_level WHERE sku = %s"
        ((allocated,),) = ask(sql, sku)
        return -allocated


def plan(case, items):
    """Take items from the warehouses of the pool; None if there are not enough."""
    try:
        return take(case, *((item["product"], item["qty"]) for item in items))
    except (OutOfStock, HoldLimit, BadQuantity):
        return None


def answers(case, verb, asked, ledger):
    """Yield what was found, by the words in which it is asked for."""
    sku = asked.get("product")
    if verb == "ask_can_sell":
        yield "can_sell", can_sell(case, sku, asked["qty"])
    if sku:
        yield "salable_quantity", stock.available(skus=(sku,))[sku].free
        yield "reservations_sum", ledger.sum(sku)
    if verb == "plan_shipment":
        taken = plan(case, asked["items"])
        yield "shippable", taken is not None
        yield "take_from", taken


def told(case, sku, word, said):
    """Tell what a case expects in our units."""
    if word == "take_from":
        return [
            (each["warehouse"], each["product"], units(case, each["product"], each["qty"]))
            for each in said
        ]
    return units(case, sku, said) if word in ("salable_quantity", "reservations_sum") else said


@pytest.mark.django_db
@pytest.mark.parametrize("case", cases())
def test_agrees(case):
    steps = [next(iter(step.items())) for step in case["do"]]
    verb, asked = steps[-1]
    pool = asked.get("stock", case["given"]["sales_stocks"][0]["key"])
    build(case, pool)
    ledger = Ledger(case, pool)
    for deed, said in steps:
        if deed == "append_reservation":
            ledger.append(said)
    found = dict(answers(case, verb, asked, ledger))
    expected = {
        word: told(case, asked.get("product"), word, said) for word, said in case["expect"].items()
    }
    assert {word: found[word] for word in expected} == expected
