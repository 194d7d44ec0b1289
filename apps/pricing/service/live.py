"""What a page must not remember: the price of each SKU and how much of it is left, as of now."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from django.conf import settings

from apps.catalog.interface import Good, catalog
from apps.pricing import domain
from apps.pricing.domain import Supply
from apps.pricing.interface import EVERYBODY, Audience, Price
from apps.stock.interface import Availability, stock
from commerce.services import ServiceUnavailable
from commerce.telemetry.metrics import FAILED_OPEN

from .shelf import reductions, shelved

log = structlog.get_logger("halles.pricing")


@dataclass(frozen=True)
class Opening:
    """When a sale to come begins, and the SKU that is in it: the offer's own, or a part's."""

    starts_at: datetime
    sku: str


@dataclass(frozen=True)
class Offer:
    """A SKU that can be bought; `free` is None where nobody counts, or nobody can say."""

    price: Price
    supply: Supply
    free: int | None
    opening: Opening | None = None
    single: bool = True  # not made of other SKUs


def offers(
    skus: tuple[str, ...], currency: str, audience: Audience = EVERYBODY
) -> tuple[Offer, ...]:
    """Return what is on offer under these SKUs, in their order, each once.

    A SKU that is unknown, offline or without a price in the currency is left out. While stock is
    silent the prices are still told: looking promises nothing, and buying asks stock again.
    """
    goods = catalog.goods(skus=tuple(dict.fromkeys(skus)))
    prices = shelved(goods, goods, currency, audience, reductions(currency))
    levels = on_shelf({sku: goods[sku] for sku in prices})
    return tuple(
        offer(prices[sku], goods[sku], levels) for sku in dict.fromkeys(skus) if sku in prices
    )


def for_strangers(skus: tuple[str, ...], currency: str) -> tuple[Offer, ...]:
    """Return the same as offers, with the figures that the shop shows to everybody."""
    return tuple(discreet(each) for each in offers(skus, currency))


def discreet(offer: Offer) -> Offer:
    """Leave out how many units are left where the shop keeps that to itself."""
    if offer.free is None or settings.STOCK_DISPLAY == "exact":
        return offer
    if settings.STOCK_DISPLAY == "threshold" and offer.free <= settings.STOCK_DISPLAY_THRESHOLD:
        return offer
    if offer.opening:
        return replace(offer, free=None)
    return replace(offer, supply=Supply.IN_STOCK if offer.free else Supply.SOLD_OUT, free=None)


def on_shelf(goods: Mapping[str, Good]) -> dict[str, Availability] | None:
    """Ask stock for everything that goods are made of; None if it does not answer."""
    parts = {part.sku for good in goods.values() for part in good.parts}
    try:
        return stock.available(skus=tuple(sorted(parts)))
    except ServiceUnavailable as silence:
        FAILED_OPEN.labels("availability").inc()
        log.warning("prices told without availability", cause=str(silence))
        return None


def offer(price: Price, good: Good, levels: dict[str, Availability] | None) -> Offer:
    """Put together what is told of one SKU."""
    if levels is None:
        return Offer(price, Supply.UNKNOWN, None)
    left = free(good, levels)
    if begins := opening(good, levels):
        return Offer(price, Supply.COMING, left, begins)
    return Offer(price, domain.supply(left), left, single=not good.components)


def opening(good: Good, levels: dict[str, Availability]) -> Opening | None:
    """Find the sale to come that a good waits for, the last one if its parts are in several."""
    starts = ((levels[part.sku].starts_at, part.sku) for part in good.parts)
    return max((Opening(at, sku) for at, sku in starts if at), key=begin, default=None)


def begin(opening: Opening) -> datetime:
    """Order openings by time."""
    return opening.starts_at


def free(good: Good, levels: dict[str, Availability]) -> int | None:
    """Count how often a good can be put together from what is free."""
    counted = ((levels[part.sku], part.quantity) for part in good.parts)
    return domain.complete((level.free, needed) for level, needed in counted if level.tracked)
