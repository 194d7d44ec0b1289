"""Gives a cart's goods to an order, and lets them leave the house or come back."""

from uuid import UUID

from ..domain import of_cart, summed
from ..interface import (
    AlreadyCancelled,
    Destination,
    GoodsMissing,
    Line,
    OutOfStock,
    Part,
    Shortage,
)
from .line import kept_back
from .places import ranked
from .statement import rows

COMMIT = """
SELECT refusal, sku, wanted, available,
    CASE WHEN sales IS NOT NULL AND refusal IS NULL THEN stock_use_up(cart, sales) END
FROM stock_let_out(%s::uuid, %s::uuid, %s::text[], %s::integer[])
LEFT JOIN LATERAL stock_commit(%s, cart, %s::text[], %s::integer[], %s::text[]) ON true
"""
CANCEL = "SELECT stock_cancel(%s)"
SHIP = "SELECT stock_ship(%s)"
SETTLE_PART = "SELECT stock_settle_part(%s, %s, %s, %s::text[], %s::integer[])"


def commit(
    order: UUID, cart: UUID, lines: tuple[Line, ...], destination: Destination | None
) -> None:
    """Give all the goods to the order, or none and say what is short."""
    wanted = {sku: units for sku, units in of_cart(lines).items() if units}
    asked = list(wanted), list(wanted.values())
    locations = ranked(cart, wanted, destination)
    answer = rows(COMMIT, order, cart, *asked, order, *asked, locations)
    if not answer:
        raise OutOfStock(shortages=kept_back(cart, *asked))
    refusals = [row for row in answer if row[0]]
    if any(refusal == "cancelled" for refusal, *_ in refusals):
        raise AlreadyCancelled(order=order)
    if refusals:
        raise OutOfStock(shortages=tuple(Shortage(*short) for _, *short, _ in refusals))


def cancel(order: UUID) -> None:
    """Put an order's goods back on the shelf, and see to it that it gets none later."""
    rows(CANCEL, order)


def ship(order: UUID) -> None:
    """Take an order's goods out of the house, if they are there."""
    ((shipped,),) = rows(SHIP, order)
    if not shipped:
        raise GoodsMissing(order=order)


def ship_part(order: UUID, part: Part) -> None:
    """Take some of an order's goods out of the house, if they are there."""
    if not settle_part(order, part, "shipped"):
        raise GoodsMissing(order=order)


def cancel_part(order: UUID, part: Part) -> None:
    """Put some of an order's goods back on the shelf."""
    settle_part(order, part, "cancelled")


def settle_part(order: UUID, part: Part, kind: str) -> bool:
    """End the allocations of some goods, once for each reference."""
    units = summed(part.lines)
    ((settled,),) = rows(
        SETTLE_PART, order, part.reference, kind, list(units), list(units.values())
    )
    return bool(settled)
