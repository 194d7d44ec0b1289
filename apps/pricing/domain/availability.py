"""How much of something is left, and what a shopper is told about it."""

from collections.abc import Iterable
from enum import Enum

LOW = 5  # units; from here down shoppers are told how many are left


class Supply(Enum):
    """What a shopper is told about how much is left.

    COMING when the sale has not begun, UNKNOWN when nobody can say just now.
    """

    IN_STOCK = "in-stock"
    LOW = "low"
    SOLD_OUT = "sold-out"
    COMING = "coming"
    UNKNOWN = "unknown"


def complete(parts: Iterable[tuple[int, int]]) -> int | None:
    """Count what can be put together from parts, each so many free and so many needed for one.

    None where no part is counted by anybody.
    """
    return min((max(free, 0) // needed for free, needed in parts), default=None)


def supply(free: int | None) -> Supply:
    """Say how things stand when so many units are free; None means nobody counts them."""
    if free is None or free > LOW:
        return Supply.IN_STOCK
    return Supply.LOW if free else Supply.SOLD_OUT
