"""Packs some of an order's goods into a parcel, and unpacks one that has not left."""

import hashlib
from uuid import UUID

from django.db import IntegrityError, transaction

from ..domain import OtherWish
from ..domain.life import SHIPMENT_NEXT, Goods, NotAllowed, Refusal, UnknownShipment, before
from ..interface import ShipmentState
from ..models import Order, Shipment, ShipmentLine
from .change import READY, hold_still, note
from .count import count


def pack(*, order: UUID, goods: Goods, actor: str, key: str) -> UUID:
    """Make a parcel of units of some lines, once for each key; returns its id.

    Raises NotAllowed when the order cannot be sent now, or has not as many units left to pack.
    """
    name = hashlib.sha256(key.encode()).hexdigest()
    if known := repeated(order, name, goods):
        return known
    try:
        with transaction.atomic():
            return packed(order, goods, actor, name)
    except IntegrityError:
        if twin := repeated(order, name, goods):
            return twin
        raise


def repeated(order: UUID, key: str, goods: Goods) -> UUID | None:
    """Find the parcel that was packed under a key; raises OtherWish if that was another one."""
    found = Shipment.objects.filter(order=order, key=key).first()
    if found is None:
        return None
    if goods_of(found) != dict(goods):
        raise OtherWish
    return found.pk


def packed(order: UUID, goods: Goods, actor: str, key: str) -> UUID:
    """Write the parcel down and count its units."""
    if not hold_still(order, READY):
        raise why_not(order)
    lines = count(order, "packed", goods)
    place = Shipment.objects.filter(order=order).count() + 1
    shipment = Shipment.objects.create(order_id=order, place=place, key=key)
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipment, line_id=lines[position], position=position, quantity=many)
        for position, many in goods.items()
    )
    note(order, actor=actor, what="packed", why=f"{place}: {sum(goods.values())}")
    return shipment.pk


def unpack(*, order: UUID, shipment: UUID, actor: str, why: str) -> None:
    """Give up a parcel that has not left; repeated, nothing happens."""
    with transaction.atomic():
        hold_still(order)
        found = parcel(order, shipment)
        if found.state == ShipmentState.UNPACKED.value:
            return
        if not step(found, ShipmentState.UNPACKED):
            raise NotAllowed(Refusal.SHIPMENT_GONE, state=found.state)
        count(order, "packed", {line: -many for line, many in goods_of(found).items()})
        note(order, actor=actor, what="unpacked", why=f"{found.place}: {why}")


def step(shipment: Shipment, state: ShipmentState, **values: object) -> bool:
    """Move a parcel along its table, if it is where the table wants it."""
    there = Shipment.objects.filter(pk=shipment.pk, state__in=before(SHIPMENT_NEXT, state))
    return bool(there.update(state=state.value, **values))


def parcel(order: UUID, shipment: UUID) -> Shipment:
    """Find a parcel of an order; raises UnknownShipment."""
    found = Shipment.objects.filter(pk=shipment, order=order).first()
    if found is None:
        raise UnknownShipment
    return found


def goods_of(shipment: Shipment) -> dict[int, int]:
    """Return what is in a parcel."""
    return dict(shipment.lines.values_list("position", "quantity"))


def why_not(order: UUID) -> NotAllowed:
    """Say why an order cannot be sent as it stands."""
    found = Order.objects.get(pk=order)
    if found.accepted_at is None or found.status == "cancelled":
        return NotAllowed(Refusal.OVER, status=found.status)
    if found.on_hold:
        return NotAllowed(Refusal.ON_HOLD)
    return NotAllowed(Refusal.NOT_READY, status=found.status, payment=found.payment)
