"""Gives a cart's goods to an order, and lets them leave the house or come back."""

from uuid import UUID

from ..domain import summed
from ..interface import MAIN, AlreadyCancelled, Line, OutOfStock, Shortage
from .statement import rows

COMMIT = """
SELECT refusal, sku, wanted, available
FROM stock_commit(%s::uuid, %s::uuid, %s::text[], %s::integer[], %s)
"""
CANCEL = "SELECT stock_cancel(%s)"
SHIP = "SELECT stock_ship(%s)"


def commit(order: UUID, cart: UUID, lines: tuple[Line, ...]) -> None:
    """Give all the goods to the order, or none and say what is short."""
    skus, quantities = summed(tuple(line for line in lines if line.quantity))
    refusals = rows(COMMIT, order, cart, skus, quantities, MAIN)
    if any(refusal == "cancelled" for refusal, *_ in refusals):
        raise AlreadyCancelled(order=order)
    if refusals:
        raise OutOfStock(shortages=tuple(Shortage(*short) for _, *short in refusals))


def cancel(order: UUID) -> None:
    """Put an order's goods back on the shelf, and see to it that it gets none later."""
    rows(CANCEL, order)


def ship(order: UUID) -> None:
    """Take an order's goods out of the house."""
    rows(SHIP, order)
