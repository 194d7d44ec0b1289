"""A cart on another device: a signed name that is good for an hour, kept nowhere."""

from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner

from commerce import ids

from ..domain import Frozen
from ..interface import CartOrdered, Contents, UnknownCart
from .merge import merge
from .show import contents, found

GOOD = 3600  # seconds


def ticket(cart: UUID) -> str:
    """Write a name of a cart by which another device may take it."""
    return signer().sign(ids.public("cart", cart))


def taken(ticket: str) -> Contents | None:
    """Return the cart that a ticket names; None if it is too old, forged, or was ordered since.

    A customer's is found by signing in, and by no ticket.
    """
    try:
        named = contents(ids.parse("cart", signer().unsign(ticket, max_age=GOOD)))
    except (BadSignature, ids.UnknownId, UnknownCart):
        return None
    return named if named.order is None and named.customer is None else None


def bring(own: UUID, into: UUID) -> None:
    """Put what a device had in its own cart into the one it goes on with, if there is any."""
    try:
        if found(own).lines:
            merge(own, into=into)
    except (UnknownCart, CartOrdered, Frozen):
        return


def signer() -> TimestampSigner:
    """Sign by the secret of the moment; a name is no proof of any other kind."""
    return TimestampSigner(salt="cart.elsewhere", sep=".")
