"""What the catalogue says about the SKUs in carts, remembered for a moment."""

import time
from threading import Lock

from apps.catalog.interface import Item, catalog

FRESH = 15.0  # seconds: a product taken offline can be put in a cart that long, not ordered
MOST = 20_000  # SKUs remembered by one process

_known: dict[str, tuple[float, Item]] = {}
_lock = Lock()


def items(skus: tuple[str, ...]) -> dict[str, Item]:
    """Return what is sold under each SKU, asking the catalogue only for what is not fresh."""
    now = time.monotonic()
    fresh = {sku: _known[sku] for sku in skus if sku in _known}
    found = {sku: item for sku, (until, item) in fresh.items() if until > now}
    missing = tuple(sorted(set(skus) - found.keys()))
    if missing:
        asked = catalog.items(skus=missing)
        remember(asked, until=now + FRESH)
        found |= asked
    return found


def remember(found: dict[str, Item], *, until: float) -> None:
    """Keep what the catalogue said; when there is no room left, begin anew."""
    with _lock:
        if len(_known) + len(found) > MOST:
            _known.clear()
        _known.update({sku: (until, item) for sku, item in found.items()})


def forget() -> None:
    """Remember nothing."""
    with _lock:
        _known.clear()
