"""Makes an accepted order real: knows the customer, ends the cart, says that it is placed."""

from uuid import UUID

from django.db import transaction

from apps.cart.interface import UnknownCart, cart
from apps.customers.interface import customers
from commerce.events import publish

from ..events import OrderPlaced
from ..interface import Status
from ..models import Order
from .change import change

WORKER = "worker"


def confirm(*, order: UUID) -> None:
    """Place an accepted order; repeated for one that went further, nothing happens."""
    found = Order.objects.get(pk=order)
    if found.status != Status.ACCEPTED.value:
        return
    end_cart(found)
    customer = known_customer(found)
    with transaction.atomic():
        step = (Status.ACCEPTED, Status.PLACED)
        if change(order, *step, actor=WORKER, customer=customer):
            publish(OrderPlaced(order=order))


def known_customer(order: Order) -> UUID | None:
    """Recognise who has bought, unless that is known already or the shopper stayed unknown."""
    if order.customer or not order.email:
        return order.customer
    name = (order.address or {}).get("name", "")
    return customers.recognise(email=order.email, name=name, locale=order.locale)


def end_cart(order: Order) -> None:
    """End the cart, unless it is gone already."""
    try:
        cart.close(cart=order.cart, order=order.pk)
    except UnknownCart:
        return
