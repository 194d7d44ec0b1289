"""What the catalogue says about the goods in carts that are shown, remembered for a moment."""

import time
from threading import Lock

from apps.catalog.interface import Item, catalog

FRESH = 15.0  # seconds
MOST = 20_000  # SKUs remembered by one process

_known: dict[str, tuple[float, Item]] = {}
_lock = Lock()


def items(skus: tuple[str, ...]) -> dict[str, Item]:
    """Return what is sold under each SKU, asking only for what is not fresh."""
    now = time.monotonic()
    remembered = {sku: _known.get(sku, (0.0, None)) for sku in skus}
    found = {sku: item for sku, (until, item) in remembered.items() if item and until > now}
    if missing := tuple(sorted(set(skus) - found.keys())):
        asked = catalog.items(skus=missing)
        remember(asked, until=now + FRESH)
        found |= asked
    return found


def remember(found: dict[str, Item], *, until: float) -> None:
    """Remember what was found; all else is forgotten rather than too much remembered."""
    with _lock:
        if len(_known) + len(found) > MOST:
            _known.clear()
        _known.update({sku: (until, item) for sku, item in found.items()})


def forget() -> None:
    """Remember nothing."""
    with _lock:
        _known.clear()
