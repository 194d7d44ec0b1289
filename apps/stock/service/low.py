"""Tells when little of a SKU is left: looked at now and then, so that no buyer waits for it."""

from django.db import transaction

from commerce.events import publish

from ..events import StockLow, StockReplenished
from .statement import ask, twice

LOOK = """
UPDATE stock_terms AS terms SET low = NOT low FROM (
    SELECT terms.sku, coalesce(sum(greatest(on_hand - safety - held - allocated, 0)) FILTER (
        WHERE enabled
    ), 0)::integer AS free
    FROM stock_terms AS terms LEFT JOIN stock_level AS level USING (sku)
    LEFT JOIN stock_location ON code = level.location
    WHERE low_at IS NOT NULL GROUP BY terms.sku
) AS left_over
WHERE terms.sku = left_over.sku AND low <> (free <= low_at) RETURNING terms.sku, low, free
"""


def look() -> int:
    """Announce every SKU that has become low, or is low no more; returns how many."""
    return twice(looked)


@transaction.atomic
def looked() -> int:
    """Change what is remembered together with the facts, so that each is told once."""
    changed = sorted(ask(LOOK))
    publish(
        *(StockLow(sku, free) if low else StockReplenished(sku, free) for sku, low, free in changed)
    )
    return len(changed)
