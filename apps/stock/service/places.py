"""The locations that sell, as this process has known them for a few seconds, and their ranking."""

import time
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from commerce.settled import settled

from ..domain.sourcing import Place, Shelves, Strategy
from ..interface import Destination
from .statement import rows

REMEMBERED = 3.0  # seconds
SELLING = """
SELECT code, country, latitude, longitude FROM stock_location WHERE enabled ORDER BY priority, code
"""
SHELVES = """
SELECT location, sku, greatest(on_hand + backorder - safety - held - allocated, 0) + coalesce((
    SELECT quantity FROM stock_hold AS hold
    WHERE hold.cart = %s AND hold.sku = level.sku AND hold.location = level.location
), 0)
FROM stock_level AS level WHERE sku = ANY(%s::text[])
"""


@dataclass
class Memory:
    """Places in the merchant's order, and until when they are good; none are never good."""

    places: tuple[Place, ...] = ()
    until: float = 0.0


memory = Memory()


def ranked(cart: UUID, wanted: dict[str, int], destination: Destination | None) -> list[str]:
    """List the locations that sell in the order in which this cart's goods are taken from them."""
    return list(strategy()(selling(), destination, wanted, lambda: shelves(cart, list(wanted))))


@settled
def strategy() -> Strategy:
    """Load the strategy that the shop has chosen."""
    found: Strategy = import_string(settings.STOCK_SOURCING)
    return found


def selling() -> tuple[Place, ...]:
    """List the locations that sell in the merchant's order."""
    if not memory.places or time.monotonic() > memory.until:
        memory.places = tuple(Place(*row) for row in rows(SELLING))
        memory.until = time.monotonic() + REMEMBERED
    return memory.places


def forget() -> None:
    """Look anew; for whoever has just changed a location in this process."""
    memory.places = ()


def shelves(cart: UUID, skus: list[str]) -> Shelves:
    """Look what each location could give to a cart."""
    found: dict[str, dict[str, int]] = {}
    for location, sku, units in rows(SHELVES, cart, skus):
        found.setdefault(location, {})[sku] = units
    return found
