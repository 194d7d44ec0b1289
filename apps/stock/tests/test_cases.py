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

FILE = Path(__file__).resolve().parents[4] / "shared/data/pricing/cases.yaml"
UNSUPPORTED = {"MSI-INVENTORY-034"}  # a least quantity for a line


def cases():
    if not FILE.exists():
        return []
    every = yaml.load(FILE.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    found = [case for case in every["cases"] if case["policy"] == "magento-inventory"]
    return [pytest.param(case, id=case["id"]) for case in found if case["id"] not in UNSUPPORTED]


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


@pytest.mark.django_db
@pytest.mark.parametrize("case", cases())
def test_agrees(case):
    ((verb, asked),) = case["do"][0].items()
    build(case, asked["stock"])
    expected = case["expect"]
    if verb == "ask_salable_quantity":
        sku = asked["product"]
        free = stock.available(skus=(sku,))[sku].free
        assert free == units(case, sku, expected["salable_quantity"])
    elif verb == "ask_can_sell":
        assert can_sell(case, asked["product"], asked["qty"]) is expected["can_sell"]
    else:
        wanted = ((item["product"], item["qty"]) for item in asked["items"])
        assert take(case, *wanted) == [
            (each["warehouse"], each["product"], units(case, each["product"], each["qty"]))
            for each in expected["take_from"]
        ]
