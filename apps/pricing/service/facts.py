"""What pages are told of a SKU follows from this; some of it may be a few seconds old."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import structlog

from apps.catalog import interface as catalogue
from apps.catalog.interface import Component, catalog
from apps.pricing.domain.goods import Good
from apps.pricing.interface import EVERYBODY, Audience
from apps.stock.interface import Availability, stock
from commerce.fleeting import Fleeting
from commerce.services import ServiceUnavailable
from commerce.telemetry.metrics import FAILED_OPEN

from . import lists
from .lists import Rows
from .shelf import Rules, good, rules, viewer

log = structlog.get_logger("halles.pricing")
Parts = tuple[Component, ...]
Levels = tuple[Availability, ...]  # of the parts, in their order


class Sold(NamedTuple):
    """What the catalogue sells under a SKU: what prices depend on, and what it is made of."""

    good: Good
    parts: Parts


class Facts(NamedTuple):
    """All that the offer of a SKU follows from, besides the rules; no levels: stock is silent."""

    sold: Sold
    rows: Rows
    levels: Levels | None


@lru_cache(maxsize=100_000)  # the same object for the same answer, which is compared fastest
def sold_as(found: catalogue.Good) -> Sold:
    """Take what the catalogue told of a SKU."""
    return Sold(good(found.sku, found), found.parts)


CATALOGUE: Fleeting[str, Sold | None] = Fleeting(30.0)
RULES: Fleeting[str, Rules] = Fleeting(0.5)


def gather(
    skus: Iterable[str], currency: str, audience: Audience
) -> tuple[Rules, dict[str, Facts]]:
    """Return the rules in force, and the facts of each SKU that is sold and may have a price."""
    sold = believed(dict.fromkeys(skus))
    ruling = ruled(currency, audience).in_force(viewer(audience))
    rows = lists.read(sold, currency, ruling.headings)
    priced = {sku: each for sku, each in sold.items() if sku in rows}
    levels = on_shelf({part.sku for each in priced.values() for part in each.parts})
    return ruling, {
        sku: Facts(each, rows[sku], of_parts(each.parts, levels)) for sku, each in priced.items()
    }


def believed(skus: Iterable[str]) -> dict[str, Sold]:
    """Return what the catalogue sells under some SKUs, or did half a minute ago at most."""
    known = CATALOGUE.entries()
    if missing := tuple([sku for sku in skus if sku not in known]):
        found = catalog.goods(skus=missing)
        known.update((sku, sold_as(found[sku]) if sku in found else None) for sku in missing)
    return {sku: sold for sku in skus if (sold := known[sku])}


def ruled(currency: str, audience: Audience) -> Rules:
    """Return the rules for somebody; those for everybody may be a moment old."""
    if audience != EVERYBODY:
        return rules(currency, audience)
    read = RULES.lately((currency,), lambda _: {currency: rules(currency, audience)})
    return read[currency]


def on_shelf(skus: Iterable[str]) -> dict[str, Availability] | None:
    """Ask stock for everything that goods are made of; None if it does not answer."""
    try:
        return stock.available(skus=tuple(skus))
    except ServiceUnavailable as silence:
        FAILED_OPEN.labels("availability").inc()
        log.warning("prices told without availability", cause=str(silence))
        return None


def of_parts(parts: Parts, levels: dict[str, Availability] | None) -> Levels | None:
    """Choose the levels of some parts."""
    if levels is None:
        return None
    if len(parts) == 1:
        return (levels[parts[0].sku],)
    return tuple([levels[part.sku] for part in parts])
