"""Makes accepted orders real: knows the customer, ends the cart, says that they are placed."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from apps.cart.interface import UnknownCart, cart
from apps.customers.interface import customers
from commerce.postgres import ask

from ..events import OrderPlaced
from ..interface import Status
from .change import change_all

WORKER = "worker"
ACCEPTED = """
SELECT id, cart, customer, email, coalesce(address ->> 'name', ''), locale FROM orders_order
WHERE id = ANY(%s::uuid[]) AND status = 'accepted'
"""


class Accepted(NamedTuple):
    """What has to be known of an order to make it real."""

    id: UUID
    cart: UUID
    customer: UUID | None
    email: str
    name: str
    locale: str


def confirm(orders: Iterable[UUID]) -> None:
    """Place accepted orders; repeated for one that went further, nothing happens."""
    found = [Accepted(*row) for row in ask(ACCEPTED, list(orders))]
    known = {order.id: close(order) for order in found}
    if known:
        change_all(known, Status.ACCEPTED, Status.PLACED, fact=OrderPlaced, actor=WORKER)


def close(order: Accepted) -> UUID | None:
    """End the order's cart and return who has bought."""
    end_cart(order)
    return known_customer(order)


def known_customer(order: Accepted) -> UUID | None:
    """Recognise who has bought, unless that is known already or the shopper stayed unknown."""
    if order.customer or not order.email:
        return order.customer
    return customers.recognise(email=order.email, name=order.name, locale=order.locale)


def end_cart(order: Accepted) -> None:
    """End the cart, unless it is gone already."""
    try:
        cart.close(cart=order.cart, order=order.id)
    except UnknownCart:
        return
