"""The stock's operations, each one transaction in PostgreSQL."""

from datetime import timedelta
from uuid import UUID

from commerce.services import light

from ..interface import (
    MAIN,
    NOBODY,
    Availability,
    Buyer,
    Destination,
    Hold,
    Line,
    Part,
    Place,
    Policy,
    Reservation,
    Stock,
)
from .adjust import count, receive, set_policy
from .available import available, holds
from .back import take_back
from .commit import cancel, cancel_part, commit, ship, ship_part
from .line import hand_over_places, line_up
from .move import move, move_each
from .reserve import bounded, extend, hand_over, release, reserve
from .sweep import sweep

__all__ = [
    "StockService",
    "available",
    "count",
    "move",
    "move_each",
    "receive",
    "set_policy",
    "sweep",
]


class StockService(Stock):
    """Answers from PostgreSQL."""

    @light
    def available(self, *, skus: tuple[str, ...]) -> dict[str, Availability]:
        return available(skus)

    @light
    def reserve(
        self,
        *,
        cart: UUID,
        lines: tuple[Line, ...],
        ttl: timedelta,
        destination: Destination | None = None,
        buyer: Buyer = NOBODY,
    ) -> Reservation:
        return reserve(cart, lines, bounded(ttl), destination, buyer)

    @light
    def holds(self, *, cart: UUID) -> tuple[Hold, ...]:
        return holds(cart)

    def extend(self, *, cart: UUID) -> None:
        extend(cart)

    @light
    def release(self, *, cart: UUID) -> None:
        release(cart)

    def hand_over(self, *, cart: UUID, to: UUID) -> None:
        hand_over(cart, to)
        hand_over_places(cart, to)

    @light
    def commit(
        self,
        *,
        order: UUID,
        cart: UUID,
        lines: tuple[Line, ...],
        destination: Destination | None = None,
    ) -> None:
        commit(order, cart, lines, destination)

    def cancel(self, *, order: UUID, part: Part | None = None) -> None:
        cancel_part(order, part) if part else cancel(order)

    def ship(self, *, order: UUID, part: Part | None = None) -> None:
        ship_part(order, part) if part else ship(order)

    def take_back(self, *, lines: tuple[Line, ...], reference: str, location: str = MAIN) -> None:
        take_back(lines, reference, location)

    def count(self, *, lines: tuple[Line, ...], reference: str, location: str = MAIN) -> int:
        return count(lines=lines, reference=reference, location=location)

    def set_policy(self, *, skus: tuple[str, ...], policy: Policy) -> int:
        return set_policy(skus, policy)

    def line_up(self, *, cart: UUID, sku: str, ticket: str = "", origin: str = "") -> Place:
        return line_up(cart, sku, ticket, origin)
