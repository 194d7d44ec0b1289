"""Lets a packed parcel leave, with its goods off the shelf, and notes that it has arrived.

The stock is asked between two transactions. The first writes down that the parcel leaves, with a
fact: whoever dies after it, a worker goes on. Stock lets the goods of a parcel go once.
"""

from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from apps.stock.interface import GoodsMissing, Part, stock
from commerce import ids
from commerce.events import publish

from ..domain import parts_needed
from ..domain.life import (
    DELIVERY_NEXT,
    UNDERWAY,
    ForbiddenStep,
    NotAllowed,
    Refusal,
    Tracking,
    allowed,
    delivery_of,
)
from ..events import OrderDelivered, OrderShipped, ShipmentLeaving
from ..interface import Delivery, ShipmentState
from ..models import Line, Order, Shipment
from .change import READY, hold_still, note
from .count import count
from .pack import goods_of, parcel, step, why_not

SUMS = """
SELECT coalesce(sum(quantity - cancelled - shipped) FILTER (WHERE ships), 0), sum(shipped),
    sum(returned)
FROM orders_line WHERE order_id = %s
"""


def ship(*, order: UUID, shipment: UUID, tracking: Tracking, actor: str) -> None:
    """Let a parcel leave; repeated for one that has left, nothing happens.

    Raises NotAllowed when the order may not be sent now, the parcel was unpacked, or its goods are
    not in the house yet.
    """
    if begin(order, shipment, tracking, actor) and not leave(shipment=shipment, actor=actor):
        raise NotAllowed(Refusal.GOODS_MISSING)


def begin(order: UUID, shipment: UUID, tracking: Tracking, actor: str) -> bool:
    """Write down that a parcel leaves; says whether it still has to."""
    with transaction.atomic():
        found = parcel(order, shipment)
        if found.state == ShipmentState.PACKED.value and not hold_still(order, READY):
            raise why_not(order)
        on_its_way = {"carrier": tracking.carrier, "tracking": tracking.number}
        if step(found, ShipmentState.LEAVING, **on_its_way, link=tracking.link):
            publish(ShipmentLeaving(order=order, shipment=shipment))
            return True
    found.refresh_from_db()
    if found.state == ShipmentState.UNPACKED.value:
        raise NotAllowed(Refusal.SHIPMENT_GONE, state=found.state)
    return found.state == ShipmentState.LEAVING.value


def leave(*, shipment: UUID, actor: str) -> bool:
    """Take a leaving parcel's goods out of the house; False when they are not there yet."""
    found = Shipment.objects.get(pk=shipment)
    if found.state != ShipmentState.LEAVING.value:
        return found.state != ShipmentState.PACKED.value
    goods = goods_of(found)
    lines = Line.objects.filter(order=found.order_id, position__in=goods)
    wanted = [(line.sku, tuple(line.parts), goods[line.position]) for line in lines]
    name = ids.public("ful", shipment)
    try:
        stock.ship(order=found.order_id, part=Part(name, parts_needed(wanted)))
    except GoodsMissing:
        step(found, ShipmentState.PACKED)
        return False
    left(found, actor)
    return True


def left(shipment: Shipment, actor: str) -> None:
    """Say that a parcel has left."""
    order = shipment.order_id
    with transaction.atomic():
        hold_still(order)
        if not step(shipment, ShipmentState.SHIPPED, shipped_at=Now()):
            return
        count(order, "shipped", goods_of(shipment))
        travels = Tracking(shipment.carrier, shipment.tracking)
        note(order, actor=actor, what="shipped", why=f"{shipment.place}: {travels}".strip(": "))
        follow(order)
        publish(OrderShipped(order=order, shipment=shipment.pk))


def deliver(*, order: UUID, shipment: UUID, actor: str) -> None:
    """Say that a parcel has arrived; repeated, nothing happens."""
    with transaction.atomic():
        hold_still(order)
        found = parcel(order, shipment)
        if found.state == ShipmentState.DELIVERED.value:
            return
        if not step(found, ShipmentState.DELIVERED, delivered_at=Now()):
            raise NotAllowed(Refusal.SHIPMENT_GONE, state=found.state)
        note(order, actor=actor, what="delivered", why=f"{found.place}")
        follow(order)
        publish(OrderDelivered(order=order, shipment=shipment))


def follow(order: UUID) -> None:
    """Let an order's delivery follow from its lines and parcels; the caller holds it still."""
    with connection.cursor() as cursor:
        cursor.execute(SUMS, [order])
        unsent, sent, back = cursor.fetchone()
    states = [state.value for state in UNDERWAY]
    underway = Shipment.objects.filter(order=order, state__in=states).exists()
    reached = delivery_of(left=unsent, sent=sent, back=back, underway=underway)
    now = Delivery(Order.objects.values_list("delivery", flat=True).get(pk=order))
    if reached is now:
        return
    if not allowed(DELIVERY_NEXT, now, reached):
        raise ForbiddenStep(f"{now.value} -> {reached.value}")
    Order.objects.filter(pk=order, delivery=now.value).update(delivery=reached.value)
