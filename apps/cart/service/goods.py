"""What catalogue and price list say about the SKUs in carts, remembered for a moment."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from apps.catalog.interface import Item, catalog
from apps.pricing.interface import pricing

V = TypeVar("V")
FRESH = 15.0  # seconds: what goes offline can be put in a cart that long, but never be ordered
MOST = 20_000  # SKUs remembered by one process


class Memory(Generic[V]):
    """Answers by SKU for as long as they are fresh; only what was found is remembered."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[float, V]] = {}
        self.lock = Lock()

    def get(
        self, skus: tuple[str, ...], ask: Callable[[tuple[str, ...]], dict[str, V]]
    ) -> dict[str, V]:
        """Return what is known of some SKUs, asking only for what is not fresh."""
        now = time.monotonic()
        fresh = {sku: self.known[sku] for sku in skus if sku in self.known}
        found = {sku: value for sku, (until, value) in fresh.items() if until > now}
        if missing := tuple(sorted(set(skus) - found.keys())):
            asked = ask(missing)
            self._remember(asked, until=now + FRESH)
            found |= asked
        return found

    def forget(self) -> None:
        """Remember nothing."""
        with self.lock:
            self.known.clear()

    def _remember(self, found: dict[str, V], *, until: float) -> None:
        with self.lock:
            if len(self.known) + len(found) > MOST:
                self.known.clear()
            self.known.update({sku: (until, value) for sku, value in found.items()})


_items: Memory[Item] = Memory()
_priced: dict[str, Memory[bool]] = {}  # by currency


def items(skus: tuple[str, ...]) -> dict[str, Item]:
    """Return what is sold under each SKU."""
    return _items.get(skus, lambda missing: catalog.items(skus=missing))


def priced(skus: tuple[str, ...], currency: str) -> set[str]:
    """Choose the SKUs that have a price in a currency; the price itself is never remembered."""

    def ask(missing: tuple[str, ...]) -> dict[str, bool]:
        return dict.fromkeys(pricing.prices(skus=missing, currency=currency), True)

    return set(_priced.setdefault(currency, Memory()).get(skus, ask))


def forget() -> None:
    """Remember nothing."""
    _items.forget()
    _priced.clear()
