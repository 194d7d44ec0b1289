"""The neighbours that pricing asks: a catalogue and a stock of whatever a test puts there."""

from datetime import datetime

from apps.catalog.interface import Component, Good
from apps.stock.interface import Availability
from commerce.services import ServiceUnavailable

GOODS: dict[str, Good] = {}
UNITS: dict[str, int] = {}
OPENINGS: dict[str, datetime] = {}


class ShelfCatalog:
    def goods(self, *, skus):
        return {sku: GOODS[sku] for sku in skus if sku in GOODS}


class ShelfStock:
    def available(self, *, skus):
        return {
            sku: Availability(
                UNITS.get(sku) or 0, tracked=sku in UNITS, starts_at=OPENINGS.get(sku)
            )
            for sku in skus
        }


class SilentStock:
    def available(self, *, skus):
        raise ServiceUnavailable(reason="nobody answers")


SERVICES = {
    "catalog": {"BACKEND": "apps.pricing.tests.shelf.ShelfCatalog"},
    "stock": {"BACKEND": "apps.pricing.tests.shelf.ShelfStock"},
}


def shelve(sku, *, free=None, ships=True, tax_class="standard", of=None, categories=()):
    """Put a SKU on the shelf; `of` makes it a bundle, `free` None leaves it uncounted."""
    GOODS[sku] = Good(
        sku=sku,
        slug=sku.lower(),
        categories=tuple(categories),
        ships=ships,
        tax_class=tax_class,
        weight=0,
        components=tuple(Component(part, quantity) for part, quantity in (of or {}).items()),
    )
    if free is not None:
        UNITS[sku] = free
