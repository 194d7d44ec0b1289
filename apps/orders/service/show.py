"""Reads orders as others may see them: plain values, with their whole story."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from apps.pricing.interface import Discount
from commerce.money import Money

from .. import interface
from ..interface import HistoryEntry, OrderLine, PaidByCard, Shipped, UnknownOrder
from ..interface import Order as Shown
from . import rows
from .rows import EventRow, LineRow, OrderRow, RefundRow, ReturnRow, ShipmentRow


def show(*, order: UUID) -> Shown:
    """Return an order with its lines and history; raises UnknownOrder."""
    if found := show_all([order]):
        return found[0]
    raise UnknownOrder(order=order)


def show_all(orders: Iterable[UUID]) -> list[Shown]:
    """Return orders in the sequence in which they are named; unknown ones are left out."""
    return [shown(row) for row in rows.by_id(orders)]


def shown(order: OrderRow) -> Shown:
    """Turn the rows of an order into a value."""
    return Shown(
        id=order.id,
        number=order.number,
        cart=order.cart,
        customer=order.customer,
        status=order.status,
        email=order.email,
        locale=order.locale,
        currency=order.currency,
        lines=tuple(shown_line(line, order.currency) for line in order.lines or ()),
        subtotal=Money(order.subtotal, order.currency),
        shipping=Money(order.shipping, order.currency),
        tax=Money(order.tax, order.currency),
        grand=Money(order.grand, order.currency),
        address=order.address,
        accepted_at=order.accepted_at,
        version=order.version,
        discounts=discounts(order.discounts, order.currency),
        coupons=tuple(order.coupons),
        cards=cards(order.cards, order.currency),
        history=tuple(shown_event(event) for event in order.events or ()),
        payment=order.payment,
        delivery=order.delivery,
        on_hold=order.on_hold,
        shipments=tuple(shown_shipment(order, each) for each in order.shipments or ()),
        returns=tuple(shown_return(order, each) for each in order.returns or ()),
        refunds=tuple(shown_refund(order, each) for each in order.refunds or ()),
        taken=Money(order.captured, order.currency) if order.captured else None,
    )


def discounts(frozen: list[dict[str, Any]], currency: str) -> tuple[Discount, ...]:
    """Read what promotions took off."""
    return tuple(
        Discount(each["promotion"], each["name"], Money(each["minor"], currency)) for each in frozen
    )


def cards(frozen: list[dict[str, Any]], currency: str) -> tuple[PaidByCard, ...]:
    """Read what gift cards pay."""
    return tuple(
        PaidByCard(UUID(each["card"]), each["hint"], Money(each["minor"], currency))
        for each in frozen
    )


def shown_line(line: LineRow, currency: str) -> OrderLine:
    """Turn a line's row into a value."""
    return OrderLine(
        sku=line.sku,
        name=line.name,
        options=line.options,
        quantity=line.quantity,
        unit=Money(line.unit, currency),
        total=Money(line.total, currency),
        tax=Money(line.tax, currency),
        position=line.position,
        ships=line.ships,
        cancelled=line.cancelled,
        packed=line.packed,
        shipped=line.shipped,
        returned=line.returned,
        returning=line.returning,
    )


def shown_shipment(order: OrderRow, shipment: ShipmentRow) -> interface.Shipment:
    """Turn a parcel's rows into a value."""
    return interface.Shipment(
        id=shipment.id,
        number=f"{order.number}-{shipment.place}",
        state=shipment.state,
        goods=tuple(Shipped(each.position, each.quantity) for each in shipment.lines or ()),
        carrier=shipment.carrier,
        tracking=shipment.tracking,
        link=shipment.link,
        packed_at=shipment.packed_at,
        shipped_at=shipment.shipped_at,
        delivered_at=shipment.delivered_at,
    )


def shown_return(order: OrderRow, found: ReturnRow) -> interface.Return:
    """Turn a return's row into a value."""
    return interface.Return(
        id=found.id,
        number=f"{order.number}-R{found.place}",
        state=found.state,
        goods=tuple(Shipped(*each) for each in found.goods),
        received=tuple(Shipped(*each) for each in found.received),
        why=found.why,
        requested_at=found.requested_at,
    )


def shown_refund(order: OrderRow, refund: RefundRow) -> interface.Refund:
    """Turn a refund's row into a value."""
    return interface.Refund(
        id=refund.id,
        amount=Money(refund.minor, order.currency),
        state=refund.state,
        cause=refund.cause,
        why=refund.why,
        at=refund.created_at,
    )


def shown_event(event: EventRow) -> HistoryEntry:
    """Turn a step's row into a value."""
    return HistoryEntry(at=event.at, actor=event.actor, what=event.what, why=event.why)
