"""Tells the engine what a case gives: goods, lists, rules, taxes and fees."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from apps.pricing.domain.amounts import Currency
from apps.pricing.domain.cart import Place
from apps.pricing.domain.exchange import Exchange
from apps.pricing.domain.goods import EVERYTHING, Good, Only, with_parents
from apps.pricing.domain.lists import ListPrice, PriceList
from apps.pricing.domain.policy import MAGENTO, PRESTASHOP, SYLIUS, Basis, Policy
from apps.pricing.domain.rounding import Per, Rounding
from apps.pricing.domain.shelf import CatalogPromotion
from apps.pricing.domain.shipping import Bracket, Match, ShippingMethod, Span
from apps.pricing.domain.snapshot import Extra, Snapshot
from apps.pricing.domain.zones import Zone

from .places import Places, period, place
from .reading import known, moment, names, number, sold
from .rules import promotion

if TYPE_CHECKING:
    from apps.pricing.domain.coupons import Uses

GIVEN = (
    *("currency", "channel", "channels", "products", "category_parents", "catalog_promotions"),
    *("promotions", "shipping_methods", "handling_fee", "shipping_when_no_address_given"),
    *("gift_wrapping_fee", "customer", "guest_history", "tax_rates", "tax_rules", "zones"),
    *("default_tax_zone", "tax_strategy", "exchange_rates", "now", "settings", "store_address"),
)
SETTINGS = (
    *("tax_rounded_per", "catalog_prices_include_tax", "shipping_prices_include_tax"),
    *("discount_reduces_taxable_base", "discount_calculated_on_price_with_tax"),
    *("same_shelf_price_in_every_region", "tax_on_custom_price", "shipping_tax_class"),
    *("rounding_mode", "rounded_per"),
)
SOLD = (
    *("key", "product", "price", "prices", "original_price", "original_prices", "minimum_price"),
    *("minimum_prices", "categories", "tax_category", "tax_class", "weight", "stock"),
    *("stock_tracked", "requires_shipping", "shipping_category", "price_includes_tax"),
    *("is_surcharge_on", "option", "pack_of"),
)
WRAPPING = "gift wrapping"
MATCHES = {
    "any_unit": Match.ANY,
    "all_units": Match.EVERY,
    "no_unit": Match.NONE,
    "no_units": Match.NONE,
    "none": Match.NONE,
}
MODES = {each.name.lower(): each for each in Rounding}


class World:
    """What a case gives, seen from one channel."""

    def __init__(self, case: Mapping[str, Any]) -> None:
        self.given = known(case["given"], *GIVEN)
        self.places = Places(self.given)
        self.kind = case["policy"]
        self.settings = known(self.given.get("settings", {}), *SETTINGS)
        channels = [known(each, "key", "currency") for each in self.given.get("channels", [])]
        self.currencies = {each["key"]: each["currency"] for each in channels}
        self.channel = self.given.get("channel", next(iter(self.currencies), ""))
        self.goods = [known(each, *SOLD) for each in sold(self.given)]
        self.uses: dict[str, Uses] = {}
        self.ended: set[str] = set()

    @property
    def currency(self) -> Currency:
        code = self.currencies.get(self.channel) or self.given.get("currency", "USD")
        return Currency(code, finer=4 if self.kind == "prestashop" else 0)

    def steps(self, told: Any) -> int | None:
        """Read an amount, which may be told by channel."""
        if isinstance(told, Mapping):
            told = told.get(self.channel)
        return None if told is None else self.currency.steps(number(told))

    def snapshot(self) -> Snapshot:
        given, wrapping = self.given, self.steps(self.given.get("gift_wrapping_fee"))
        home = given.get("store_address")
        assumed = Place(zone=given["default_tax_zone"]) if "default_tax_zone" in given else None
        return Snapshot(
            currency=self.currency,
            goods={each["key"]: self.good(each) for each in self.goods},
            lists=(PriceList("prices", dict(self.prices())),),
            reductions=tuple(
                self.reduction(each)
                for each in given.get("catalog_promotions", [])
                if each["key"] not in self.ended
            ),
            promotions=tuple(
                promotion(each, self.steps, self.uses) for each in given.get("promotions", [])
            ),
            uses=self.uses,
            methods=tuple(
                self.method(each)
                for each in given.get("shipping_methods", [])
                if each.get("enabled", True)
                and self.channel in each.get("channels", [self.channel])
            ),
            fee_before_place=self.steps(given.get("shipping_when_no_address_given")) or 0,
            shipping_tax_category=self.settings.get("shipping_tax_class", ""),
            extras={} if wrapping is None else {WRAPPING: Extra(WRAPPING, wrapping)},
            rates=tuple(self.places.rates()),
            assumed=place(home) if home else assumed,
            home=place(home) if home else None,
            policy=self.policy(),
        )

    def policy(self) -> Policy:
        told = self.settings
        if self.kind == "sylius":
            per = {"per_line": Per.LINE, "per_unit": Per.UNIT}
            return replace(SYLIUS, tax_per=per[self.given.get("tax_strategy", "per_line")])
        if self.kind == "prestashop":
            per = Per(told.get("rounded_per", "line"))
            mode = MODES[told.get("rounding_mode", "half_up")]
            return replace(PRESTASHOP, goods_per=per, tax_per=per, rounding=mode)
        on_gross = told.get("discount_calculated_on_price_with_tax", False)
        return replace(
            MAGENTO,
            tax_per=Per(told.get("tax_rounded_per", "total")),
            tax_after_discount=told.get("discount_reduces_taxable_base", True),
            basis=Basis.WITH_TAX if on_gross else Basis.WITHOUT_TAX,
            same_price_everywhere=told.get("same_shelf_price_in_every_region", False),
            tax_on_custom_price=told.get("tax_on_custom_price", True),
        )

    def good(self, told: Mapping[str, Any]) -> Good:
        parents = self.given.get("category_parents", {})
        includes = told.get("price_includes_tax")
        if self.kind == "magento2" and includes is None:
            includes = self.settings.get("catalog_prices_include_tax", False)
        return Good(
            sku=told["key"],
            product=told["product"],
            categories=with_parents(names(told.get("categories")), parents),
            tax_category=told.get("tax_category", told.get("tax_class", "")),
            includes_tax=includes,
            weight=number(told.get("weight", 0)),
            ships=told.get("requires_shipping", True),
            shipping_category=told.get("shipping_category", ""),
            surcharge_on=told.get("is_surcharge_on", ""),
        )

    def parts(self, sku: str) -> dict[str, int]:
        """Return what a pack is made of, and how many units of each."""
        (told,) = (each.get("pack_of", {}) for each in self.goods if each["key"] == sku)
        if isinstance(told, Mapping):
            return {str(part): int(units) for part, units in told.items()}
        each = told if isinstance(told, list) else [told]
        named = [part if isinstance(part, Mapping) else {"product": part} for part in each]
        for part in named:
            known(part, "product", "variant", "qty", "units")
        return {
            part.get("variant", part["product"]): int(part.get("qty", part.get("units", 1)))
            for part in named
        }

    def prices(self) -> Iterator[tuple[str, tuple[ListPrice, ...]]]:
        for told in self.goods:
            amount = self.steps(told.get("prices", told.get("price", 0)))
            if amount is not None:
                original = self.steps(told.get("original_prices", told.get("original_price")))
                least = self.steps(told.get("minimum_prices", told.get("minimum_price")))
                yield told["key"], (ListPrice(amount, original, least or 0),)

    def reduction(self, told: Mapping[str, Any]) -> CatalogPromotion:
        known(
            told,
            *("key", "priority", "percent", "fixed", "scope", "channels", "valid_from"),
            *("valid_until", "exclusive", "min_quantity_of_line", "price_set_to", "enabled"),
            "fixed_by_channel",
        )
        off = told.get("enabled", True) is False
        return CatalogPromotion(
            key=told["key"],
            percent=number(told["percent"]) if "percent" in told else None,
            fixed=self.steps(told.get("fixed", told.get("fixed_by_channel"))),
            new_price=self.steps(told.get("price_set_to")),
            only=scope(told["scope"]),
            priority=told.get("priority", 0),
            exclusive=told.get("exclusive", False),
            channels=frozenset({"none"}) if off else names(told.get("channels")),
            period=period(told.get("valid_from"), told.get("valid_until")),
            from_quantity=told.get("min_quantity_of_line", 1),
        )

    def sends(self, told: Mapping[str, Any]) -> bool:
        """Tell whether a way of sending is in use here."""
        return bool(told.get("enabled", True)) and self.channel in told.get(
            "channels", [self.channel]
        )

    def method(self, told: Mapping[str, Any]) -> ShippingMethod:
        known(
            told,
            *("key", "fee", "fee_basis", "zone", "tax_category", "min_items_total", "position"),
            *("max_items_total", "min_weight", "max_weight", "requires_shipping_category", "fees"),
            *("enabled", "channels"),
        )
        needs = known(told.get("requires_shipping_category", {}), "category", "match")
        includes = self.settings.get("shipping_prices_include_tax", False)
        return ShippingMethod(
            key=told["key"],
            fee=self.steps(told.get("fee")) or 0,
            per_unit={"per_unit": True, "per_order": False}[told.get("fee_basis", "per_order")],
            brackets=tuple(map(self.bracket, told.get("fees", []))),
            handling=self.steps(self.given.get("handling_fee")) or 0,
            zone=self.places.zone(told["zone"]) if "zone" in told else None,
            total=Span(
                self.steps(told.get("min_items_total")), self.steps(told.get("max_items_total"))
            ),
            weight=weight(told.get("min_weight"), told.get("max_weight")),
            category=needs.get("category", ""),
            match=MATCHES[needs.get("match", "any_unit")],
            tax_category=told.get("tax_category", ""),
            includes_tax=includes if self.kind == "magento2" else None,
            position=told.get("position", 0),
        )

    def bracket(self, told: Mapping[str, Any]) -> Bracket:
        known(
            told,
            *("zone", "items_total_from", "items_total_below", "weight_from", "weight_below"),
            "fee",
        )
        least, below = map(
            self.steps, (told.get("items_total_from"), told.get("items_total_below"))
        )
        return Bracket(
            fee=self.steps(told["fee"]) or 0,
            zone=Zone(told["zone"]) if "zone" in told else None,
            total=Span(least, below=below),
            weight=Span(
                *(heavy(told.get("weight_from")), None, heavy(told.get("weight_below"))),
            ),
        )

    def exchanges(self) -> tuple[Exchange, ...]:
        told = (known(each, "from", "to", "rate") for each in self.given.get("exchange_rates", []))
        return tuple(Exchange(each["from"], each["to"], number(each["rate"])) for each in told)

    def now(self) -> datetime | None:
        return moment(self.given.get("now"))


def scope(told: Any) -> Only:
    if told == "all products":
        return EVERYTHING
    known(told, "variants", "products", "categories")
    return Only(
        skus=names(told.get("variants")),
        products=names(told.get("products")),
        categories=names(told.get("categories")),
    )


def weight(least: Any, most: Any) -> Span:
    return Span(heavy(least), heavy(most))


def heavy(told: Any) -> Decimal | None:
    return None if told is None else number(told)
