"""Orders with all that belongs to them, as one statement reads them, however many there are."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from apps.customers.interface import Address
from commerce.postgres import Row, ask

from ..interface import Delivery, Payment, RefundState, ReturnState, ShipmentState, Status

# Each row becomes JSON as it is; what a struct below does not name is left out.
WHOLE = """
SELECT whole.id, row_to_json(whole)::text AS content FROM (
    SELECT kept.*,
        (SELECT json_agg(line ORDER BY position) FROM orders_line AS line
         WHERE line.order_id = kept.id) AS lines,
        (SELECT json_agg(event ORDER BY id) FROM orders_event AS event
         WHERE event.order_id = kept.id) AS events,
        (SELECT json_agg(parcel ORDER BY place) FROM (
            SELECT shipment.*, (
                SELECT json_agg(packed ORDER BY position) FROM orders_shipmentline AS packed
                WHERE packed.shipment_id = shipment.id
            ) AS lines
            FROM orders_shipment AS shipment WHERE shipment.order_id = kept.id
        ) AS parcel) AS shipments,
        (SELECT json_agg(back ORDER BY place) FROM orders_return AS back
         WHERE back.order_id = kept.id) AS returns,
        (SELECT json_agg(refund ORDER BY id) FROM orders_refund AS refund
         WHERE refund.order_id = kept.id) AS refunds {more}
    FROM orders_order AS kept WHERE {which}
) AS whole
"""
BY_ID = WHOLE.format(which="kept.id = ANY(%s::uuid[])", more="")
ARCHIVED = "SELECT id, content::text FROM orders_archive WHERE id = ANY(%s::uuid[])"
THEIRS = "customer = %s AND accepted_at IS NOT NULL AND {id} < %s"
LATEST_FIRST = "ORDER BY id DESC LIMIT %s"
OF_CUSTOMER = f"""
({WHOLE.format(which=THEIRS.format(id="kept.id"), more="")} {LATEST_FIRST})
UNION ALL
(SELECT id, content::text FROM orders_archive WHERE {THEIRS.format(id="id")} {LATEST_FIRST})
{LATEST_FIRST}
"""


class LineRow(msgspec.Struct):
    """A row of orders_line."""

    position: int
    sku: str
    name: str
    options: dict[str, str]
    quantity: int
    unit: int
    total: int
    tax: int
    ships: bool
    cancelled: int
    packed: int
    shipped: int
    returning: int
    returned: int


class EventRow(msgspec.Struct):
    """A row of orders_event."""

    at: datetime
    actor: str
    what: str
    why: str


class PackedRow(msgspec.Struct):
    """A row of orders_shipmentline."""

    position: int
    quantity: int


class ShipmentRow(msgspec.Struct):
    """A row of orders_shipment, with what is in the parcel."""

    id: UUID
    place: int
    state: ShipmentState
    carrier: str
    tracking: str
    link: str
    packed_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None
    lines: list[PackedRow] | None


class ReturnRow(msgspec.Struct):
    """A row of orders_return."""

    id: UUID
    place: int
    state: ReturnState
    goods: list[tuple[int, int]]
    received: list[tuple[int, int]]
    why: str
    requested_at: datetime


class RefundRow(msgspec.Struct):
    """A row of orders_refund."""

    id: UUID
    minor: int
    state: RefundState
    cause: str
    why: str
    created_at: datetime


class OrderRow(msgspec.Struct):
    """A row of orders_order, and the rows that belong to it: None where there are none."""

    id: UUID
    number: str
    cart: UUID
    customer: UUID | None
    status: Status
    payment: Payment
    delivery: Delivery
    on_hold: bool
    version: int
    email: str
    locale: str
    currency: str
    subtotal: int
    shipping: int
    tax: int
    grand: int
    coupons: list[str]
    discounts: list[dict[str, Any]]
    cards: list[dict[str, Any]]
    address: Address | None
    accepted_at: datetime | None
    lines: list[LineRow] | None
    events: list[EventRow] | None
    shipments: list[ShipmentRow] | None
    returns: list[ReturnRow] | None
    refunds: list[RefundRow] | None
    captured: int = 0


ROW = msgspec.json.Decoder(OrderRow)
LAST = UUID(int=2**128 - 1)


def by_id(orders: Iterable[UUID]) -> list[OrderRow]:
    """Read orders in the sequence in which they are named; unknown ones are left out."""
    named = list(orders)
    found = contents(ask(BY_ID, named))
    if missing := [order for order in named if order not in found]:
        found |= contents(ask(ARCHIVED, missing))
    return [ROW.decode(found[order]) for order in named if order in found]


def contents(found: Iterable[Row]) -> dict[UUID, str]:
    """Name what was read by the orders' ids."""
    return {row[0]: row[1] for row in found}


def of_customer(customer: UUID, before: UUID | None, most: int) -> list[OrderRow]:
    """Read a customer's accepted orders, archived ones too, the latest first."""
    which = (customer, before or LAST, most)
    return [ROW.decode(row) for _, row in ask(OF_CUSTOMER, *which, *which, most)]
