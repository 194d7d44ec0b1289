"""What happens to an order after it was promised. Every step can be taken again."""

from collections.abc import Sequence

from apps.payments.events import RefundMade, RefundRefused
from commerce.events import repeatable_on, repeatable_on_many

from . import service
from .events import (
    OrderAccepted,
    OrderCancelled,
    OrderDelivered,
    OrderEdited,
    OrderPlaced,
    OrderShipped,
    RefundDue,
    ReturnApproved,
    ReturnReceived,
    ShipmentLeaving,
)


@repeatable_on_many(OrderAccepted, queue="orders")
def confirm(facts: Sequence[OrderAccepted]) -> None:
    """Turn the accepted order into a placed one."""
    service.confirm(fact.order for fact in facts)


@repeatable_on_many(OrderPlaced, queue="orders")
def capture(facts: Sequence[OrderPlaced]) -> None:
    """Take the order's money."""
    service.capture(fact.order for fact in facts)


@repeatable_on_many(OrderPlaced)
def mail_confirmation(facts: Sequence[OrderPlaced]) -> None:
    """Tell the shopper; a mail server that is down keeps no order waiting."""
    service.mail_confirmation(fact.order for fact in facts)


@repeatable_on_many(OrderPlaced)
def remember_placed(facts: Sequence[OrderPlaced]) -> None:
    """Count the order in its customer's history."""
    service.remember(fact.order for fact in facts)


@repeatable_on(OrderCancelled)
def forget_cancelled(fact: OrderCancelled) -> None:
    """Let the order count for nothing in its customer's history."""
    service.remember([fact.order])


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


@repeatable_on(OrderEdited, queue="orders")
def free_part(fact: OrderEdited) -> None:
    """Put what an edit took out of the order back on the shelf."""
    service.free_part(edit=fact.edit)


@repeatable_on(RefundDue, queue="orders")
def make_refund(fact: RefundDue) -> None:
    """Have the money given back that was decided on; the customer has spent so much less."""
    service.make_refund(refund=fact.refund)
    service.document_refunds(order=fact.order)
    service.remember([fact.order])


@repeatable_on(OrderShipped)
def invoice_shipped(fact: OrderShipped) -> None:
    """Write the invoice of what is paid later when it leaves."""
    service.invoice(order=fact.order)


@repeatable_on(RefundMade, queue="orders")
def refund_made(fact: RefundMade) -> None:
    """Note that money was given back, and write the credit note."""
    service.hear_of_refund(fact=fact)
    service.document_refunds(order=fact.order)
    service.remember([fact.order])


@repeatable_on(RefundRefused, queue="orders")
def refund_refused(fact: RefundRefused) -> None:
    """Note that the provider did not give money back, or sent it back; then its note ends."""
    service.hear_of_refund(fact=fact)
    service.document_refunds(order=fact.order)
    service.remember([fact.order])


@repeatable_on(ReturnReceived, queue="orders")
def shelve(fact: ReturnReceived) -> None:
    """Put goods that came back on the shelf."""
    service.shelve(parcel=fact.parcel)


@repeatable_on(OrderCancelled)
def mail_cancelled(fact: OrderCancelled) -> None:
    """Tell the shopper that the order was cancelled."""
    service.mail_cancelled(order=fact.order)


@repeatable_on(RefundMade)
def mail_refunded(fact: RefundMade) -> None:
    """Tell the shopper that money is on its way back."""
    service.mail_refund(order=fact.order, key=fact.key)


@repeatable_on(ReturnApproved)
def mail_return(fact: ReturnApproved) -> None:
    """Tell the shopper what to send back, and how."""
    service.mail_return(order=fact.order, parcel=fact.parcel)
