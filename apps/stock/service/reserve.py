"""Keeps goods aside for a cart: the hot path, one statement whatever is asked."""

from datetime import timedelta
from uuid import UUID

from ..domain import summed
from ..interface import Destination, Hold, Line, OutOfStock, Reservation, Shortage
from .places import ranked
from .statement import rows

RESERVE = """
SELECT sku, quantity, expires_at, available
FROM stock_reserve(%s::uuid, %s::text[], %s::integer[], %s::text[], %s)
"""
RELEASE = "SELECT stock_release(%s)"
HAND_OVER = "SELECT stock_hand_over(%s, %s)"


def reserve(
    cart: UUID, lines: tuple[Line, ...], ttl: timedelta, destination: Destination | None
) -> Reservation:
    """Set what a cart holds of each named SKU, or raise OutOfStock with every shortage."""
    skus, quantities = summed(lines)
    wanted = dict(zip(skus, quantities, strict=True))
    answer = rows(RESERVE, cart, skus, quantities, ranked(cart, wanted, destination), ttl)
    shortages = [
        Shortage(sku, wanted[sku], available)
        for sku, quantity, _, available in answer
        if quantity is None
    ]
    if shortages:
        raise OutOfStock(shortages=tuple(shortages))
    return Reservation(cart, tuple(Hold(*row[:3]) for row in answer))


def release(cart: UUID) -> None:
    """Put whatever a cart holds back on the shelf."""
    rows(RELEASE, cart)


def hand_over(cart: UUID, to: UUID) -> None:
    """Give whatever a cart holds to another one."""
    rows(HAND_OVER, cart, to)
