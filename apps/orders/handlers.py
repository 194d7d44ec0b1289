"""What happens to an order after it was promised. Every step can be taken again."""

from commerce.events import repeatable_on

from . import service
from .events import (
    OrderAccepted,
    OrderCancelled,
    OrderDelivered,
    OrderPlaced,
    OrderShipped,
    ShipmentLeaving,
)


@repeatable_on(OrderAccepted, queue="orders")
def confirm(fact: OrderAccepted) -> None:
    """Turn the accepted order into a placed one."""
    service.confirm(order=fact.order)


@repeatable_on(OrderPlaced, queue="orders")
def capture(fact: OrderPlaced) -> None:
    """Take the order's money."""
    service.capture(order=fact.order)


@repeatable_on(OrderPlaced)
def mail_confirmation(fact: OrderPlaced) -> None:
    """Tell the shopper; a mail server that is down keeps no order waiting."""
    service.mail_confirmation(order=fact.order)


@repeatable_on(OrderCancelled, queue="orders")
def give_back(fact: OrderCancelled) -> None:
    """Free what was kept for the order."""
    service.give_back(order=fact.order)


@repeatable_on(ShipmentLeaving, queue="orders")
def leave(fact: ShipmentLeaving) -> None:
    """Go on where somebody broke off who was handing a parcel over."""
    service.leave(shipment=fact.shipment, actor=service.WORKER)


@repeatable_on(OrderShipped)
def mail_shipped(fact: OrderShipped) -> None:
    """Tell the shopper what is on its way."""
    service.mail_shipment(shipment=fact.shipment, kind=service.SHIPPED)


@repeatable_on(OrderDelivered)
def mail_delivered(fact: OrderDelivered) -> None:
    """Tell the shopper what has arrived."""
    service.mail_shipment(shipment=fact.shipment, kind=service.DELIVERED)
