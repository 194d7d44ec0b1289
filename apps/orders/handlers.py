"""What happens to an order after it was promised. Every step can be taken again."""

from commerce.events import repeatable_on

from . import service
from .events import OrderAccepted, OrderCancelled, OrderPlaced


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
