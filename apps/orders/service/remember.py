"""Lets customers' orders count for promotions that ask about earlier ones."""

from collections.abc import Iterable
from uuid import UUID

from apps.pricing.interface import pricing
from commerce.money import Money
from commerce.postgres import ask

STANDING = """
SELECT id, customer, version, grand - refunded, currency, status <> 'cancelled' FROM orders_order
WHERE id = ANY(%s::uuid[]) AND customer IS NOT NULL
"""


def remember(orders: Iterable[UUID]) -> None:
    """Tell pricing what orders count for as they stand now; cancelled ones count for nothing.

    However often and in whichever sequence this is done, an order's latest version decides.
    """
    for order, customer, version, minor, currency, counts in ask(STANDING, list(orders)):
        pricing.record_purchase(
            order=order,
            customer=customer,
            version=version,
            spent=Money(minor, currency),
            counts=counts,
        )
