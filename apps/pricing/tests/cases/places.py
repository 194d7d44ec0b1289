"""Tells the engine the zones of a case, and the taxes due there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from apps.pricing.domain.cart import Place
from apps.pricing.domain.period import Period
from apps.pricing.domain.taxes import TaxRate
from apps.pricing.domain.vat import FORMATS
from apps.pricing.domain.zones import Zone

from .reading import COUNTRIES, Unknown, country, known, moment, names, number

UNION = frozenset(FORMATS)
OUTSIDE = re.compile(r"every country outside zone (\S+)")


class Places:
    """The zones that a case describes."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given

    def zone(self, key: str) -> Zone:
        """Read a zone: one the case describes, or a country by its code."""
        told = self.given.get("zones", {}).get(key)
        if told is None:
            return Zone(key, UNION if key == "EU" else frozenset({key}))
        if isinstance(told, str) and (found := OUTSIDE.fullmatch(told)):
            return Zone(key, self.zone(found[1]).countries, outside=True)
        inner = told if isinstance(told, list) else told.split(", ")
        members = frozenset[str]().union(*map(self.countries, inner))
        if strange := members - set(COUNTRIES.values()):
            raise Unknown(", ".join(sorted(strange)))
        return Zone(key, members)

    def countries(self, key: str) -> frozenset[str]:
        """Read a member of a zone: another zone, or a country."""
        if key in self.given["zones"]:
            return self.zone(key).countries
        return frozenset({country(key)})

    def rates(self) -> Iterator[TaxRate]:
        told = self.given.get("tax_rates", [])
        if "tax_rules" not in self.given:
            yield from (
                self.rate(each, names(each.get("tax_category", each["key"]))) for each in told
            )
        by_key = {each["key"]: each for each in told}
        for rule in self.given.get("tax_rules", []):
            known(rule, *("tax_classes", "rates", "priority", "computed_on_untaxed_amount_only"))
            for key in rule["rates"]:
                yield replace(
                    self.rate(by_key[key], names(rule["tax_classes"])),
                    layer=rule["priority"],
                    on_untaxed=rule.get("computed_on_untaxed_amount_only", False),
                )

    def rate(self, told: Mapping[str, Any], categories: frozenset[str]) -> TaxRate:
        known(
            told,
            *("key", "percent", "tax_category", "zone", "country", "region", "state", "postcode"),
            *("included_in_price", "valid_from", "valid_until", "line_tax_rounding"),
        )
        keeps = {"keep_decimals_until_sum": True, "round_each": False}
        return TaxRate(
            key=told["key"],
            percent=number(told["percent"]),
            categories=categories,
            zone=self.zone(told["zone"]) if "zone" in told else area(told),
            included=told.get("included_in_price", False),
            keeps_decimals=keeps[told.get("line_tax_rounding", "round_each")],
            period=period(told.get("valid_from"), told.get("valid_until")),
        )


def area(told: Mapping[str, Any]) -> Zone:
    """Read a country with a region or postcode; "any" is every one."""
    region, postcode = told.get("region", told.get("state", "any")), told.get("postcode", "any")
    return Zone(
        countries=frozenset({country(told["country"])}) if "country" in told else frozenset(),
        regions=frozenset() if region in ("any", "*") else names(region),
        postcodes=frozenset() if postcode in ("any", "*") else names(postcode),
    )


def place(told: Mapping[str, Any]) -> Place:
    return Place(
        country=country(told.get("country", "")),
        region=str(told.get("region", told.get("state", ""))),
        postcode=str(told.get("postcode", "")),
        zone=told.get("zone", ""),
    )


def period(starts: Any, ends: Any) -> Period:
    return Period(moment(starts), moment(ends, ends=True))
