"""Figures that other shop systems reach: wherever policy and features match, ours are the same."""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from apps.pricing import domain
from apps.pricing.domain import Good
from commerce.money import Money

FILE = Path(__file__).resolve().parents[4] / "shared/data/pricing/cases.yaml"
KNOWN = {
    "given": {
        "currency",
        "products",
        "shipping_methods",
        "tax_rates",
        "default_tax_zone",
        "customer",
    },
    "product": {"key", "price", "tax_category", "requires_shipping"},
    "method": {"key", "fee"},
    "step": {"add", "set_address", "choose_shipping"},
    "expect": {"grand_total", "items_total", "shipping_total", "tax_included_total", "line_total"},
}


def sold(world):
    """List what can be bought: variants, and products without any."""
    return [each for product in world["products"] for each in product.get("variants", [product])]


def understood(case):
    """Prices that contain tax, one rounding a line, a fee per order, no promotions."""
    world = case["given"]
    return (
        case["policy"] == "sylius"
        and set(world) <= KNOWN["given"]
        and all(set(each) <= KNOWN["product"] for each in sold(world))
        and all(rate["included_in_price"] for rate in world.get("tax_rates", []))
        and all(set(step) <= KNOWN["step"] for step in case["do"])
        and set(charged(case)) <= KNOWN["method"]
        and bool(set(case["expect"]) & KNOWN["expect"])
    )


def matching():
    if not FILE.exists():
        return []
    return [case for case in yaml.safe_load(FILE.read_text())["cases"] if understood(case)]


@pytest.fixture(scope="module")
def cases():
    if not FILE.exists():
        pytest.skip("needs the pricing cases in ../shared/data/pricing")
    return matching()


def goods(case):
    """Count what is in the cart at the end; nobody takes anything out."""
    known = {each["key"]: each for each in sold(case["given"])}
    rates = {rate["tax_category"]: rate["percent"] for rate in case["given"].get("tax_rates", [])}
    for step in case["do"]:
        if put := step.get("add"):
            product = known[put.get("variant", put["product"])]
            unit = Money.of(product["price"], case["given"]["currency"])
            rate = rates.get(product.get("tax_category"), "0")
            yield Good(product["key"], put["qty"], unit, Decimal(rate))


def charged(case):
    """Return the way of sending chosen last, or else the first one there is."""
    methods = {method["key"]: method for method in case["given"].get("shipping_methods", [])}
    chosen = [step["choose_shipping"] for step in case["do"] if "choose_shipping" in step]
    return methods[[*reversed(chosen), *methods][0]] if methods else {"fee": "0"}


def figures(case):
    fee = Money.of(charged(case)["fee"], case["given"]["currency"])
    quote = domain.quote(goods(case), shipping=fee, shipping_rate=Decimal(0))
    return {
        "grand_total": str(quote.grand.amount),
        "items_total": str(quote.subtotal.amount),
        "shipping_total": str(quote.shipping.amount),
        "tax_included_total": str(quote.tax.amount),
        "line_total": {line.sku: str(line.total.amount) for line in quote.lines},
    }


def test_enough_cases_match_to_mean_something(cases):
    assert len(cases) >= 9


@pytest.mark.parametrize("case", matching(), ids=lambda case: case["id"])
def test_reaches_the_figures_of_others(case):
    expected = {name: case["expect"][name] for name in KNOWN["expect"] & set(case["expect"])}
    assert {name: figures(case)[name] for name in expected} == expected
