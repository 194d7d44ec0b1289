"""Changing carts: stock first, then the cart, so that a cart never claims what nobody keeps aside.

A crash between the two leaves a hold that lapses by itself. When another tab was faster, the
change is made again on what the cart has become; stock takes absolute numbers, so that is harmless.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from msgspec.structs import replace

from apps.customers.interface import Address
from apps.pricing.interface import Basket, BasketLine, NoPrice, NoShipping, pricing
from apps.stock.interface import Line, stock
from commerce import ids
from commerce.services import ServiceUnavailable

from .. import store
from ..domain import (
    Document,
    Stale,
    UnknownLine,
    UnknownSku,
    Wanted,
    check_limits,
    needs,
)
from ..interface import CartOrdered, Contents, UnknownCart
from .goods import items
from .lost import find_again
from .show import shown

ATTEMPTS = 10  # times a change is made again before the caller is asked to repeat it

Change = Callable[[Document], Document]


@dataclass(frozen=True)
class Made:
    """A cart after a change, and until when the SKUs that the change named are kept aside."""

    document: Document
    ends: dict[str, datetime]


@dataclass(frozen=True)
class Held:
    """A line after a change, the version of its cart, and until when it is kept aside."""

    line: Wanted
    version: int
    until: datetime | None


def create(*, currency: str, locale: str, cart: UUID | None = None) -> Document:
    """Begin an empty cart."""
    return store.save(Document(id=cart or ids.new(), currency=currency, locale=locale))


def add(cart: UUID, *, sku: str, quantity: int) -> Held:
    """Put some more units of a SKU in the cart and keep them aside.

    Raises UnknownCart, CartOrdered, UnknownSku, TooMuch, and stock's OutOfStock.
    """

    def more(document: Document) -> Document:
        before = document.of(sku) or Wanted(ids.new(), sku, 0)
        return document.set(replace(before, quantity=before.quantity + quantity))

    return held(make(cart, more), sku)


def set_quantity(cart: UUID, item: UUID, *, quantity: int, expected: int | None = None) -> Held:
    """Change how many units a line has, and keep as many aside; one at least."""
    sku = ""

    def other(document: Document) -> Document:
        nonlocal sku
        line = find(document, item)
        sku = line.sku
        return document.set(replace(line, quantity=quantity, held=False))  # to be held anew

    return held(make(cart, other, expected=expected), sku)


def remove(cart: UUID, item: UUID, *, expected: int | None = None) -> Document:
    """Take a line out and put its goods back on the shelf at once."""

    def without(document: Document) -> Document:
        return document.set(replace(find(document, item), quantity=0))

    return make(cart, without, expected=expected).document


def patch(cart: UUID, *, expected: int | None, fields: dict[str, object]) -> Document:
    """Change what else a cart says; the caller has checked it."""
    return make(cart, lambda document: replace(document, **fields), expected=expected).document


def note(cart: UUID, *, email: str, address: Address | None, shipping: str | None) -> Contents:
    """Write down who buys, where to and how it is sent; a way that does not go there is dropped."""

    def noted(document: Document) -> Document:
        told = replace(document, email=email, address=address, shipping=shipping)
        return told if goes_there(told) else replace(told, shipping=None)

    return shown(make(cart, noted).document)


def goes_there(document: Document) -> bool:
    """Tell whether the way of sending a cart names can be used for it."""
    if document.shipping is None:
        return True
    lines = tuple(BasketLine(line.sku, line.quantity) for line in document.lines)
    country = document.address.country if document.address else None
    try:
        options = pricing.shipping_options(basket=Basket(document.currency, lines, country))
    except (NoPrice, NoShipping):
        return False
    return document.shipping in {option.code for option in options}


def drop(cart: UUID, *, expected: int | None = None) -> None:
    """Empty a cart and put everything back on the shelf."""
    make(cart, lambda document: replace(document, lines=()), expected=expected)
    stock.release(cart=cart)


def close(cart: UUID, order: UUID) -> None:
    """Mark a cart as ordered; one that Redis has lost is marked all the same."""
    for _ in range(ATTEMPTS):
        document = store.load(cart) or Document(
            id=cart, currency=settings.CURRENCIES[0], locale=settings.LANGUAGE_CODE
        )
        if document.order is not None:
            return
        try:
            store.save(replace(document, order=order))
        except store.Changed:
            continue
        return
    raise ServiceUnavailable(reason=f"cart {cart} changes too often")


def make(cart: UUID, change: Change, *, expected: int | None = None) -> Made:
    """Make a change on the newest version of a cart, stock first."""
    document = opened(cart)
    for _ in range(ATTEMPTS):
        if expected is not None and document.version != expected:
            raise Stale(document.version)
        after = change(document)
        check_limits(after)
        kept = kept_aside(document, after)
        try:
            return Made(store.save(kept.document), kept.ends)
        except store.Changed as other:
            document = still_open(other.newest) if other.newest else opened(cart)
    raise ServiceUnavailable(reason=f"cart {cart} changes too often")


def opened(cart: UUID) -> Document:
    """Return a cart that can change; one that Redis has lost is found again from its holds."""
    document = store.load(cart) or find_again(cart)
    if document is None:
        raise UnknownCart(cart=cart)
    return still_open(document)


def still_open(document: Document) -> Document:
    """Refuse a cart that has become an order."""
    if document.order is not None:
        raise CartOrdered(cart=document.id, order=document.order)
    return document


def kept_aside(before: Document, after: Document) -> Made:
    """Have stock keep aside what the lines that changed need, and mark what it keeps."""
    touched = [line for line in after.lines if line not in before.lines]
    gone = [line for line in before.lines if after.of(line.sku) is None]
    if not touched and not gone:
        return Made(after, {})
    known = items(tuple({line.sku for line in (*before.lines, *after.lines)}))
    if unknown := next((line.sku for line in touched if line.sku not in known), None):
        raise UnknownSku(unknown)
    renewed = needs((*touched, *gone), known)
    wanted = needs(after.lines, known)
    lines = tuple(Line(sku, wanted[sku]) for sku in sorted(renewed))
    ttl = timedelta(seconds=settings.HOLD_SECONDS)
    kept = stock.reserve(cart=after.id, lines=lines, ttl=ttl)
    ends = {hold.sku: hold.expires_at for hold in kept.holds}
    marked = (
        replace(line, held=any(part.sku in ends for part in known[line.sku].parts))
        if line in touched
        else line
        for line in after.lines
    )
    return Made(replace(after, lines=tuple(marked)), ends)


def find(document: Document, item: UUID) -> Wanted:
    """Return a line by its id."""
    line = document.line(item)
    if line is None:
        raise UnknownLine
    return line


def held(made: Made, sku: str) -> Held:
    """Say until when the line of a SKU that was just changed is kept aside."""
    line = made.document.of(sku)
    if line is None:
        raise UnknownLine
    parts = (part.sku for part in items((sku,))[sku].parts)
    ends = [made.ends[part] for part in parts if part in made.ends]
    return Held(line, made.document.version, min(ends, default=None))
