from decimal import Decimal

import pytest

from apps.pricing.domain import conditions, documents, effects, offers
from apps.pricing.domain.amounts import Currency
from apps.pricing.domain.conditions import AnyOf, ContainsProduct, ItemsTotalAtLeast, Not
from apps.pricing.domain.documents import Unreadable, read
from apps.pricing.domain.effects import OrderPercent, UnitFixed
from apps.pricing.domain.goods import Only
from apps.pricing.domain.offers import Bundle, BuyGet, Part
from apps.pricing.domain.shipping import ShippingOff

EUR = Currency("EUR")
TENTH = {"kind": "order-percent", "percent": "10"}
OUTLINES = {"Condition", "Effect"}


def terms(*effects, conditions=(), currency=EUR):
    return read({"conditions": list(conditions), "effects": list(effects)}, currency)


def effect(**told):
    return terms(told).effects[0]


def condition(**told):
    return terms(TENTH, conditions=[told]).conditions[0]


def test_reads_effects_as_the_engine_knows_them():
    mugs = {"skus": ["MUG"], "price_from": "5", "cheapest_unit": True}
    assert effect(**TENTH, most="20.00") == OrderPercent(Decimal(10), most=2000)
    assert effect(kind="unit-fixed", amount="1.50", only=mugs) == UnitFixed(
        150, Only(skus=frozenset({"MUG"}), price_from=500, cheapest_unit=True)
    )
    assert effect(kind="buy-get", buy=2) == BuyGet(2)
    assert effect(kind="shipping-off", percent="100") == ShippingOff(Decimal(100))
    parts = [{"only": {"skus": ["MUG"]}, "units": 2}]
    mug = Only(skus=frozenset({"MUG"}))
    assert effect(kind="bundle", price="9", parts=parts) == Bundle((Part(mug, 2),), 900)


def test_reads_conditions_within_conditions():
    mug = {"kind": "contains-product", "names": ["mug"], "units": 2}
    dear = {"kind": "items-total-at-least", "amount": "50"}
    told = condition(kind="any-of", conditions=[dear, {"kind": "not", "condition": mug}])
    expected = Not(ContainsProduct(frozenset({"mug"}), 2))
    assert told == AnyOf((ItemsTotalAtLeast(5000), expected))


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "an object with conditions, effects is expected"),
        ({"effects": []}, "A promotion needs an effect"),
        ({"effects": [TENTH], "when": 1}, "when is not known here"),
        ({"effects": [{"kind": "magic"}]}, "effect 1: its kind must be one of bundle"),
        ({"effects": [{"kind": ["magic"]}]}, "effect 1: its kind must be one of bundle"),
        ({"effects": [{"kind": "order-percent"}]}, "order-percent: percent is missing"),
        ({"effects": [TENTH | {"percent": 10.5}]}, "percent: a number in quotation marks"),
        ({"effects": [TENTH | {"percent": "NaN"}]}, "percent: a number in quotation marks"),
        ({"effects": [TENTH | {"percent": "101"}]}, "cannot be more than 100 per cent"),
        ({"effects": [{"kind": "order-fixed", "amount": "-1"}]}, "amount: a number"),
        ({"effects": [{"kind": "order-fixed", "amount": "1.234"}]}, "1.234 is no amount of EUR"),
        ({"effects": [{"kind": "buy-get", "buy": True}]}, "buy: a whole number from 1"),
        ({"effects": [{"kind": "shipping-off"}]}, "Either an amount or per cents"),
        ({"effects": [TENTH | {"only": {"channels": ["a"]}}]}, "channels is not known here"),
        ({"effects": [TENTH | {"only": {"skus": ["M\0G"]}}]}, "skus: a text is expected"),
        ({"effects": [TENTH | {"only": {"skus": ["M\ud800"]}}]}, "skus: a text is expected"),
        ({"effects": [TENTH | {"only": {"skus": "MUG"}}]}, "only: skus: a list is expected"),
        ({"effects": [TENTH], "conditions": [{"kind": "not"}]}, "condition is missing"),
        (
            {"effects": [TENTH], "conditions": [{"kind": "during", "period": {"since": "May"}}]},
            "condition 1: during: period: since: a moment is expected",
        ),
    ],
)
def test_says_where_and_why_it_cannot_read(document, words):
    with pytest.raises(Unreadable, match=words):
        read(document, EUR)


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"effects": []}, ("effects",)),
        ({"effects": [TENTH], "when": 1}, ("when",)),
        ({"effects": [TENTH, {"kind": "magic"}]}, ("effects", 1, "kind")),
        ({"effects": [TENTH | {"percent": "101"}]}, ("effects", 0, "percent")),
        ({"effects": [{"kind": "order-percent"}]}, ("effects", 0, "percent")),
        ({"effects": [TENTH | {"only": {"skus": ["A", 1]}}]}, ("effects", 0, "only", "skus")),
        ({"effects": [{"kind": "bundle", "parts": [{}]}]}, ("effects", 0, "parts", 0, "only")),
        (
            {"effects": [TENTH], "conditions": [{"kind": "not", "condition": {"kind": "?"}}]},
            ("conditions", 0, "condition", "kind"),
        ),
        ({"effects": [TENTH] * 51}, ("effects", 50)),
    ],
)
def test_leads_to_what_it_cannot_read(document, path):
    with pytest.raises(Unreadable) as refusal:
        read(document, EUR)
    assert refusal.value.path == path


def test_names_no_amount_without_a_currency():
    assert terms(TENTH, currency=None).effects
    with pytest.raises(Unreadable, match="choose the promotion's"):
        terms({"kind": "order-fixed", "amount": "1"}, currency=None)


def test_refuses_conditions_nested_without_end():
    deep = {"kind": "goes-to", "countries": ["FR"]}
    for _ in range(3_000):
        deep = {"kind": "not", "condition": deep}
    with pytest.raises(Unreadable, match="nested too deeply"):
        condition(**deep)


def test_knows_every_rule_of_the_engine():
    asked = {n for n, each in vars(conditions).items() if hasattr(each, "holds")}
    done = {n for m in (effects, offers) for n, each in vars(m).items() if hasattr(each, "work")}
    rules = {
        each.__name__
        for kinds in (documents.CONDITIONS, documents.EFFECTS)
        for each in kinds.values()
    }
    there = (asked | done) - OUTLINES - {"Period"}
    assert rules == there - {"Sheet"} | {"ShippingOff"}
