"""What a page must not remember: the price of each SKU and how much of it is left, as of now."""

from dataclasses import dataclass

from apps.catalog.interface import Item, catalog
from apps.pricing import domain
from apps.pricing.interface import Price
from apps.stock.interface import Availability, stock

from . import pricelist


@dataclass(frozen=True)
class Offer:
    """A SKU that can be bought; `free` is None where nobody counts."""

    price: Price
    free: int | None


def offers(skus: tuple[str, ...], currency: str) -> tuple[Offer, ...]:
    """Return what is on offer under these SKUs, in their order, each once.

    A SKU that is unknown, offline or without a price in the currency is left out.
    """
    prices = pricelist.read(skus, currency)
    items = catalog.items(skus=tuple(prices))
    parts = {part.sku for item in items.values() for part in item.parts}
    levels = stock.available(skus=tuple(sorted(parts)))
    return tuple(
        Offer(prices[sku], free(items[sku], levels)) for sku in dict.fromkeys(skus) if sku in items
    )


def free(item: Item, levels: dict[str, Availability]) -> int | None:
    """Count how often an item can be put together from what is free."""
    counted = ((levels[part.sku], part.quantity) for part in item.parts)
    return domain.complete((level.free, needed) for level, needed in counted if level.tracked)
