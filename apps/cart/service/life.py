"""How a cart begins, and the two ways in which it ends."""

from uuid import UUID

from msgspec.structs import replace

from apps.stock.interface import stock
from commerce import ids

from .. import store
from ..domain import Document
from ..interface import UnknownCart
from .change import check_open
from .lost import blank


def create(*, currency: str, locale: str, customer: UUID | None = None) -> Document:
    """Begin an empty cart: a guest's, or a customer's."""
    document = Document(id=ids.new(), customer=customer, currency=currency, locale=locale)
    with store.Turn(document.id) as turn:
        return turn.keep(document)


def drop(cart: UUID, *, expected: int | None = None) -> None:
    """Forget a cart and put everything back on the shelf."""
    with store.Turn(cart) as turn:
        if turn.found is None:
            raise UnknownCart(cart=cart)
        check_open(turn.found, expected)
        stock.release(cart=cart)
        turn.forget()


def close(cart: UUID, order: UUID) -> None:
    """Mark a cart as ordered, also one that Redis has lost; the order has what it held."""
    with store.Turn(cart) as turn:
        document = turn.found or blank(cart)
        if document.order is None:
            turn.keep(replace(document, order=order))
