"""Making two carts one, when somebody who filled a cart turns out to have another.

Stock hands the goods over first, then the remaining cart takes the lines and remembers whose they
were, then the merged cart ends. Whoever repeats a merge that broke off goes on where it stopped,
and is told the same.
"""

from uuid import UUID

from msgspec.structs import replace

from apps.stock.interface import stock
from commerce.services import ServiceUnavailable

from .. import store
from ..domain import Document, Merge, Refused, joined, left_out
from ..interface import UnknownCart
from .change import check_open, paced
from .fit import fitted
from .show import found
from .sold import Inquiry

REMEMBERED = 20  # merges into one cart


class SameCart(Refused):
    """A cart cannot be merged into itself."""


def merge(source: UUID, *, into: UUID) -> Merge:
    """Put everything of one cart into another, which gets as much of it as limits and stock allow.

    The goods are nobody else's in between. The caller has shown that both carts are his; what is a
    customer's goes to no other cart than one of the same customer. Raises
    UnknownCart, CartMerged if the source went elsewhere before, CartOrdered, TooOften.
    """
    if source == into:
        raise SameCart
    if earlier := found(into).merge_of(source):
        end(source, into)
        return earlier
    found(source)
    first, second = sorted((source, into))
    with store.Turn(first) as one, store.Turn(second) as other:
        giver, taker = (one, other) if one.cart == source else (other, one)
        return merged(giver, taker)


def merged(giver: store.Turn, taker: store.Turn) -> Merge:
    """Merge while nobody else can change either cart."""
    if giver.found is None or taker.found is None:
        raise ServiceUnavailable(reason="a cart was lost just now")
    check_open(taker.found, None)
    if earlier := taker.found.merge_of(giver.cart):
        return earlier
    check_open(giver.found, None)
    if giver.found.customer not in {None, taker.found.customer}:
        raise UnknownCart(cart=giver.cart)
    inquiry = Inquiry()
    inquiry.go_with(taker)
    after, record = moved(giver.found, taker.found, inquiry)
    taker.keep(replace(after, merges=(*after.merges, record)[-REMEMBERED:]))
    giver.keep(ended(giver.found, taker.cart))
    return record


def moved(giver: Document, taker: Document, inquiry: Inquiry) -> tuple[Document, Merge]:
    """Put the lines of one cart into another, with their goods."""
    sold = inquiry.offered((line.sku for line in giver.lines), taker.currency)
    wished = joined(taker, giver, sold)
    paced(taker)
    stock.hand_over(cart=giver.id, to=taker.id)
    both = replace(taker, lines=(*taker.lines, *giver.lines))
    done = fitted(both, wished, inquiry)
    after = done.made.document
    return after, Merge(giver.id, left_out(both, giver, after, done.missing))


def end(source: UUID, into: UUID) -> None:
    """End a cart whose lines are in another one already."""
    with store.Turn(source) as turn:
        if turn.found is not None and turn.found.merged is None:
            turn.keep(ended(turn.found, into))


def ended(document: Document, into: UUID) -> Document:
    """Leave of a merged cart nothing but where it went."""
    return Document(
        id=document.id,
        customer=document.customer,
        version=document.version,
        currency=document.currency,
        locale=document.locale,
        merged=into,
    )
