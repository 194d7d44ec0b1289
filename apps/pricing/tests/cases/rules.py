"""Tells the engine the cart promotions of a case."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.pricing.domain.conditions import (
    AnyOf,
    CategoryTotalAtLeast,
    Condition,
    ContainsCategory,
    ContainsProduct,
    GoesTo,
    InGroup,
    ItemsTotalAtLeast,
    NthOrder,
    QuantityAtLeast,
    SentBy,
)
from apps.pricing.domain.coupons import Coupon, Uses
from apps.pricing.domain.effects import (
    Effect,
    OrderFixed,
    OrderPercent,
    UnitFixed,
    UnitPercent,
)
from apps.pricing.domain.goods import Only
from apps.pricing.domain.period import Period
from apps.pricing.domain.promotions import Promotion
from apps.pricing.domain.shipping import ShippingOff

from .reading import Unknown, country, known, moment, names, number

Steps = Callable[[Any], int | None]
NEVER = AnyOf(())  # what a condition is that names no amount for the channel


def promotion(told: Mapping[str, Any], steps: Steps, uses: dict[str, Uses]) -> Promotion:
    known(
        told,
        *("key", "priority", "exclusive", "conditions", "effects", "coupon", "starts", "ends"),
        *("enabled_in_current_channel", "applies_to_catalog_discounted", "usage_limit"),
        *("usage_limit_reached", "enabled"),
    )
    here = told.get("enabled_in_current_channel", True) and told.get("enabled", True)
    effects = (effect(each, steps) for each in told["effects"])
    limit = told.get("usage_limit")
    return Promotion(
        key=told["key"],
        conditions=tuple(condition(each, steps) for each in told["conditions"]),
        effects=tuple(each for each in effects if each is not None),
        coupons=(coupon(told["coupon"], uses),) if "coupon" in told else (),
        priority=told.get("priority", 0),
        exclusive=told.get("exclusive", False),
        channels=frozenset() if here else frozenset({"another"}),
        period=Period(moment(told.get("starts")), moment(told.get("ends"), ends=True)),
        on_reduced=told.get("applies_to_catalog_discounted", True),
        uses_left=0 if told.get("usage_limit_reached", False) else limit,
    )


def coupon(told: Mapping[str, Any], uses: dict[str, Uses]) -> Coupon:
    known(
        told,
        *("code", "starts", "ends", "limit_per_customer", "usage_limit", "usage_limit_reached"),
        "freed_when_order_cancelled",
    )
    limit = told.get("usage_limit")
    if told.get("usage_limit_reached", False):
        limit = limit or 1
        uses[told["code"]] = Uses(total=limit)
    return Coupon(
        code=told["code"],
        period=Period(moment(told.get("starts")), moment(told.get("ends"), ends=True)),
        limit=limit,
        limit_per_customer=told.get("limit_per_customer"),
        freed_by_cancelling=told.get("freed_when_order_cancelled", True),
    )


def condition(told: Mapping[str, Any], steps: Steps) -> Condition:
    known(told, "type", "value", "value_by_channel", "category")
    value, kind = told.get("value", told.get("value_by_channel")), told["type"]
    if "country" in kind:
        return GoesTo(frozenset(map(country, names(value))))
    if kind.endswith("_total_at_least") and (least := steps(value)) is None:
        return NEVER
    if kind == "category_total_at_least":
        return CategoryTotalAtLeast(told["category"], least)
    if kind == "items_total_at_least":
        return ItemsTotalAtLeast(least)
    simple: dict[str, Callable[[], Condition]] = {
        "cart_quantity_at_least": lambda: QuantityAtLeast(int(value)),
        "contains_product": lambda: ContainsProduct(names(value)),
        "contains_category_any": lambda: ContainsCategory(names(value)),
        "customer_group": lambda: InGroup(names(value)),
        "nth_order": lambda: NthOrder(int(value)),
        "shipping_method": lambda: SentBy(names(value)),
    }
    if kind not in simple:
        raise Unknown(kind)
    return simple[kind]()


def effect(told: Mapping[str, Any], steps: Steps) -> Effect | ShippingOff | None:
    """Read an effect; one that names no amount for the channel does nothing there."""
    known(told, "type", "amount", "amount_by_channel", "percent", "only")
    kind, picked = told["type"], only(told.get("only", {}), steps)
    if kind.endswith("_percent"):
        percent = number(told["percent"])
        if kind == "shipping_percent":
            return ShippingOff(percent=percent)
        return {"order_percent": OrderPercent, "unit_percent": UnitPercent}[kind](percent, picked)
    fixed = steps(told.get("amount", told.get("amount_by_channel")))
    if fixed is None:
        return None
    if kind == "shipping_fixed":
        return ShippingOff(fixed=fixed)
    return {"order_fixed": OrderFixed, "unit_fixed": UnitFixed}[kind](fixed, picked)


def only(told: Mapping[str, Any], steps: Steps) -> Only:
    known(
        told,
        *("products", "variants", "categories", "unit_price_min", "unit_price_max"),
        "cheapest_single_unit",
    )
    return Only(
        skus=names(told.get("variants")),
        products=names(told.get("products")),
        categories=names(told.get("categories")),
        price_from=steps(told.get("unit_price_min")),
        price_to=steps(told.get("unit_price_max")),
        cheapest_unit=told.get("cheapest_single_unit", False),
    )
