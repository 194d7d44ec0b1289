"""The one live cart of a customer, which is the same on every device.

Which one it is stands in the customer's row and is changed by comparing, so that two devices that
begin one at once go on with the same. What a device had before its shopper signed in is put into
it. That may break off anywhere: until the guest's cart says that it was merged, it is tried again.
"""

from uuid import UUID

import msgspec
from msgspec.structs import replace

from apps.customers.interface import Shopper, UnknownCustomer, customers

from .. import store
from ..domain import Document, Frozen, TooOften
from ..interface import CartMerged, CartOrdered, UnknownCart
from .life import create
from .lost import find_again
from .merge import merge
from .show import found


class Live(msgspec.Struct, frozen=True):
    """A customer's cart, if there is one, and whether a guest's one can be forgotten by now."""

    cart: UUID | None
    brought: bool = True


def live(shopper: Shopper, guest: UUID | None) -> Live:
    """Return a customer's cart with what a guest's cart had; what waits for a payment comes later.

    The caller has shown that the guest's cart is his.
    """
    if guest is None or not (left := contents_of(guest)):
        return Live(known(shopper))
    into = begin(shopper, currency=left.currency, locale=left.locale)
    try:
        merge(guest, into=into)
    except (UnknownCart, CartOrdered):
        return Live(into)
    except (Frozen, TooOften):
        return Live(into, brought=False)
    return Live(into)


def contents_of(guest: UUID) -> Document | None:
    """Return a guest's cart if there is anything to bring along."""
    try:
        document = found(guest)
    except (UnknownCart, CartMerged):
        return None
    return document if document.lines and document.order is None else None


def begin(shopper: Shopper, *, currency: str, locale: str) -> UUID:
    """Return a customer's live cart; if there is none, one begins."""
    if cart := known(shopper):
        return cart
    made = create(currency=currency, locale=locale, customer=shopper.id).id
    return customers.keep_cart(customer=shopper.id, cart=made, former=shopper.cart)


def known(shopper: Shopper) -> UUID | None:
    """Return a customer's cart that can still be changed; one that Redis lost is found again."""
    if shopper.cart is None:
        return None
    document = store.load(shopper.cart) or find_again(shopper.cart)
    if document is None or document.order is not None or document.merged is not None:
        return None
    if document.customer is None:
        take_back(document.id, shopper.id)
    return document.id


def take_back(cart: UUID, customer: UUID) -> None:
    """Write on a cart that was found again whose it is."""
    with store.Turn(cart) as turn:
        if turn.found is not None and turn.found.customer is None:
            turn.keep(replace(turn.found, customer=customer))


def owner(cart: UUID) -> UUID | None:
    """Return whose cart it is; nobody's if it is a guest's, or gone."""
    document = store.load(cart)
    return document.customer if document else None


def is_of(cart: UUID, customer: UUID) -> bool:
    """Tell whether a cart is a customer's, also one that Redis has lost."""
    document = store.load(cart)
    if document is not None and document.customer is not None:
        return document.customer == customer
    try:
        shopper = customers.shopper(customer=customer)
    except UnknownCustomer:
        return False
    return shopper.cart == cart and known(shopper) is not None
