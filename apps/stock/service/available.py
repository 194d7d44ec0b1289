"""What a reservation would grant, and what a cart has been granted."""

from uuid import UUID

from commerce.postgres import Words

from ..interface import Availability, Hold
from .statement import rows

AVAILABLE = """
SELECT sku, sum(greatest(here + backorder, 0))::integer, bool_and(policy = 'tracked'),
    sum(greatest(least(here + backorder, backorder), 0))::integer,
    min(expected) FILTER (WHERE here + backorder > 0 AND backorder > 0),
    (
        SELECT starts_at FROM stock_sale_item AS item JOIN stock_sale AS sale ON sale.id = sale_id
        WHERE item.sku = level.sku AND starts_at > now()
    )
FROM stock_level AS level JOIN stock_location ON code = location AND enabled
CROSS JOIN LATERAL (SELECT on_hand - safety - held - allocated + coalesce((
    SELECT sum(hold.quantity)::integer FROM stock_hold AS hold
    WHERE hold.sku = level.sku AND hold.location = level.location AND hold.expires_at <= now()
), 0) OFFSET 0) AS free (here)  -- OFFSET 0: added up once, not where `here` is named
WHERE sku = ANY(%s::text[]) AND (location = %s) IS NOT FALSE
GROUP BY sku
"""
HOLDS = """
SELECT sku, sum(quantity)::integer, min(expires_at), bool_or(expires_at <= now())
FROM stock_hold WHERE cart = %s GROUP BY sku ORDER BY sku
"""


def available(skus: tuple[str, ...], location: str | None = None) -> dict[str, Availability]:
    """Count the free units of each SKU everywhere or at a location, lapsed holds among them."""
    found = {sku: Availability(*there) for sku, *there in rows(AVAILABLE, Words(skus), location)}
    return {sku: found.get(sku, Availability(0)) for sku in skus}


def holds(cart: UUID) -> tuple[Hold, ...]:
    """List what a cart holds."""
    return tuple(Hold(*row) for row in rows(HOLDS, cart))
