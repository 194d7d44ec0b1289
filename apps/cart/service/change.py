"""How a cart changes: stock first, then the cart, so that it never claims what nobody keeps aside.

A crash between the two leaves a hold that lapses by itself, and a retry sets the same numbers.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Generic, TypeVar
from uuid import UUID

import msgspec
from django.conf import settings
from msgspec.structs import replace

from apps.stock.interface import Buyer, Line, OutOfStock, Reservation, stock
from commerce import clock, origin
from commerce.settled import settled

from .. import store
from ..domain import Document, Frozen, Stale, UnknownSku, Wanted, check_limits, needs, short_lines
from ..interface import CartMerged, CartOrdered, UnknownCart
from .lost import find_again
from .sold import Inquiry, Sold

T = TypeVar("T")
Change = Callable[[Document], Document]


class Made(msgspec.Struct, frozen=True):
    """A cart after a change, and until when the SKUs that the change was about are kept aside."""

    document: Document
    ends: dict[str, datetime]


class Receipt(msgspec.Struct, Generic[T], frozen=True):
    """Which request a change is for, and how what it is answered is kept for its repetition."""

    request: str
    text: Callable[[T], bytes]


def make(
    cart: UUID,
    change: Change,
    *,
    skus: Iterable[str] = (),
    expected: int | None = None,
    receipt: Receipt[Made] | None = None,
) -> Made:
    """Make a change on the newest version of a cart, or on the expected one if that is named.

    `skus` are those that are known to change before the cart is read.
    Raises UnknownCart, CartOrdered, Frozen, and for what the change asks for Stale, UnknownSku,
    TooMuch, TooOften and stock's OutOfStock, whose shortages name the lines of the cart; with a
    receipt also store.Answered and store.Twin.
    """
    inquiry = Inquiry(*skus)
    with store.Turn(cart, receipt.request if receipt else "", inquiry.questions) as turn:
        inquiry.go_with(turn)
        if turn.found is not None:
            check_open(turn.found, expected)
            return made(turn, turn.found, change(turn.found), inquiry, receipt)
    if find_again(cart) is None:
        raise UnknownCart(cart=cart)
    return make(cart, change, skus=skus, expected=expected, receipt=receipt)


def made(
    turn: store.Turn,
    before: Document,
    after: Document,
    inquiry: Inquiry,
    receipt: Receipt[Made] | None,
) -> Made:
    """Make a change while it is nobody else's turn."""
    if after == before:
        return Made(before, {})
    check_limits(after)
    kept = kept_aside(before, after, inquiry)
    if receipt is None:
        return Made(turn.keep(kept.document), kept.ends)
    write = receipt.text
    return Made(turn.keep(kept.document, lambda after: write(Made(after, kept.ends))), kept.ends)


def check_there(document: Document) -> None:
    """Refuse a cart that has been merged into another."""
    if document.merged is not None:
        raise CartMerged(cart=document.id, into=document.merged)


def check_open(document: Document, expected: int | None) -> None:
    """Refuse a cart that is no more, or is not what the caller thinks it is."""
    check_there(document)
    if document.order is not None:
        raise CartOrdered(cart=document.id, order=document.order)
    if document.freeze and (freeze := document.frozen(clock.now())):
        raise Frozen(freeze.until)
    if expected is not None and document.version != expected:
        raise Stale(document.version)


def kept_aside(before: Document, after: Document, inquiry: Inquiry) -> Made:
    """Have stock keep aside what the lines that changed need now, and mark what it keeps."""
    touched = [line for line in after.lines if line not in before.lines]
    former = [line for line in before.lines if line not in after.lines]
    if not touched and not former:
        return Made(after, {})
    sold = offered(touched, after.currency, inquiry)
    known = inquiry.found((*before.lines, *after.lines)) | sold
    renewed = set(needs((*touched, *former), known)).union(*(line.held for line in former))
    if not renewed:
        return Made(after, {})
    after = paced(after)
    needed = needs(after.lines, known)
    kept = reserved(after, touched, known, {sku: needed[sku] for sku in sorted(renewed)})
    ends = {hold.sku: hold.expires_at for hold in kept.holds}
    marked = (marked_held(line, known, ends) if line in touched else line for line in after.lines)
    return Made(replace(after, lines=tuple(marked)), ends)


def paced(document: Document) -> Document:
    """Count a change of what is kept aside, or refuse one too many."""
    if not origin.has_limits():
        return document
    return replace(document, pace=document.pace.step(clock.now()))


def reserved(
    document: Document, touched: list[Wanted], known: dict[str, Sold], wanted: dict[str, int]
) -> Reservation:
    """Have stock keep so many units of each SKU aside, or say which line that changed is short.

    If only others are, whose holds have lapsed, then what is left of theirs is kept: taking
    something out must not fail because something else is gone.
    """
    lines = tuple(Line(sku, quantity) for sku, quantity in wanted.items())
    buyer = Buyer(document.customer, origin.block())
    try:
        return stock.reserve(
            cart=document.id,
            lines=lines,
            ttl=hold_time(),
            destination=document.destination,
            buyer=buyer,
        )
    except OutOfStock as refusal:
        if short := short_lines(touched, known, refusal.shortages):
            raise OutOfStock(shortages=short) from None
        left = {short.sku: short.available for short in refusal.shortages}
    return reserved(document, touched, known, wanted | left)


def offered(lines: Iterable[Wanted], currency: str, inquiry: Inquiry) -> dict[str, Sold]:
    """Return what is sold of some lines, or say what is not, or not in the currency."""
    skus = [line.sku for line in lines]
    sold = inquiry.offered(skus, currency)
    if unknown := next((sku for sku in skus if sku not in sold), None):
        raise UnknownSku(unknown)
    return sold


def marked_held(line: Wanted, known: dict[str, Sold], ends: dict[str, datetime]) -> Wanted:
    """Remember which of a line's parts are kept aside; nobody counts the others."""
    return replace(line, held=tuple(p.sku for p in known[line.sku].parts if p.sku in ends))


@settled
def hold_time() -> timedelta:
    """How long goods are kept aside from a change on."""
    return timedelta(seconds=settings.HOLD_SECONDS)
