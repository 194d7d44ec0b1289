"""What a reservation would grant, and what a cart has been granted."""

from uuid import UUID

from ..interface import Availability, Hold
from ..models import MAIN
from .statement import rows

AVAILABLE = """
SELECT sku, policy = 'tracked', on_hand - held - allocated + coalesce((
    SELECT sum(hold.quantity)::integer FROM stock_hold AS hold
    WHERE hold.sku = level.sku AND hold.location = level.location AND hold.expires_at <= now()
), 0)
FROM stock_level AS level WHERE sku = ANY(%s::text[]) AND location = %s
"""
HOLDS = """
SELECT sku, quantity, expires_at, expires_at <= now() FROM stock_hold
WHERE cart = %s AND location = %s ORDER BY sku
"""


def available(skus: tuple[str, ...]) -> dict[str, Availability]:
    """Count the free units of each SKU, lapsed holds among them."""
    found = {
        sku: Availability(free, tracked) for sku, tracked, free in rows(AVAILABLE, list(skus), MAIN)
    }
    return {sku: found.get(sku, Availability(0)) for sku in skus}


def holds(cart: UUID) -> tuple[Hold, ...]:
    """List what a cart holds."""
    return tuple(Hold(*row) for row in rows(HOLDS, cart, MAIN))
