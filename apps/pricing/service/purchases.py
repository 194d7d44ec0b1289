"""What each customer has ordered before, as orders tell it; rules about earlier orders ask it."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from apps.pricing.domain.promotions import Promotion
from apps.pricing.interface import CartDraft, History
from commerce import postgres
from commerce.money import Money

RECORD = """
INSERT INTO pricing_purchase AS known ("order", customer, version, counts, currency, minor)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT ("order") DO UPDATE SET customer = excluded.customer, version = excluded.version,
    counts = excluded.counts, currency = excluded.currency, minor = excluded.minor
WHERE known.version < excluded.version
RETURNING version
"""
HISTORY = """
SELECT currency, count(*), sum(minor)::bigint FROM pricing_purchase
WHERE customer = %s AND counts GROUP BY currency ORDER BY currency
"""


def record(order: UUID, customer: UUID, version: int, spent: Money, *, counts: bool) -> None:
    """Keep what an order counts for; what an older version of the order said changes nothing."""
    postgres.ask(RECORD, order, customer, version, counts, spent.currency, spent.minor)


def history(customer: UUID) -> History:
    """Add up what a customer has ordered."""
    rows = postgres.ask(HISTORY, customer)
    return History(
        orders=sum(orders for _, orders, _ in rows),
        spent=tuple(Money(minor, currency) for currency, _, minor in rows),
    )


def remembering(cart: CartDraft, promotions: Iterable[Promotion]) -> CartDraft:
    """Tell a cart its customer's history, if a promotion asks about it and nobody has told it."""
    if cart.history or not cart.customer or not any(each.asks_past for each in promotions):
        return cart
    return replace(cart, history=history(cart.customer))
