"""What is given back of an order: exact to the cent, however it is cut into parts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from ..interface import RefundState, ReturnState

RETURN_NEXT: dict[ReturnState, frozenset[ReturnState]] = {
    ReturnState.REQUESTED: frozenset({ReturnState.APPROVED, ReturnState.REJECTED}),
    ReturnState.APPROVED: frozenset({ReturnState.RECEIVED, ReturnState.REJECTED}),
    ReturnState.RECEIVED: frozenset({ReturnState.REFUNDED}),
    ReturnState.REFUNDED: frozenset(),
    ReturnState.REJECTED: frozenset(),
}
REFUND_NEXT: dict[RefundState, frozenset[RefundState]] = {
    RefundState.DUE: frozenset({RefundState.MADE, RefundState.REFUSED}),
    RefundState.MADE: frozenset({RefundState.REFUSED}),  # banks send money back, too
    RefundState.REFUSED: frozenset({RefundState.MADE}),
}


class Cause(Enum):
    """Why money is given back."""

    CANCELLATION = "cancellation"
    EDIT = "edit"
    RETURN = "return"
    GOODWILL = "goodwill"


@dataclass(frozen=True)
class Split:
    """Where an amount goes, in minor units: back to the payment, then to the gift cards."""

    to_payment: int
    cards: tuple[tuple[str, int], ...]


def share(total: int, quantity: int, before: int, units: int) -> int:
    """Return what some units of a line cost when so many before them were given back already.

    All units together are the line's total, in whatever parts they are given back.
    """
    return total * (before + units) // quantity - total * before // quantity


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """Share an amount out in proportion to weights, to the last minor unit."""
    parts, whole, before = [], sum(weights), 0
    for weight in weights:
        parts.append(amount * (before + weight) // whole - amount * before // whole)
        before += weight
    return parts


def split(amount: int, *, before: int, due: int, cards: Iterable[tuple[str, int]]) -> Split:
    """Share an amount out when so much before it was given back: first what the payment took."""
    start, end, parts = before, before + amount, []
    to_payment = min(end, due) - min(start, due)
    floor = due
    for card, paid in cards:
        part = min(max(end, floor), floor + paid) - min(max(start, floor), floor + paid)
        floor += paid
        if part:
            parts.append((card, part))
    return Split(to_payment, tuple(parts))
