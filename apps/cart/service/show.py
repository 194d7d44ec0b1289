"""Showing carts: with the names, holds and prices of this moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from apps.catalog.interface import Item
from apps.pricing.interface import Basket, BasketLine, NoPrice, NoShipping, Quote, pricing
from apps.stock.interface import Hold, stock

from .. import store
from ..domain import Document, Wanted, needs
from ..interface import CartLine, Contents, State, UnknownCart
from .goods import items
from .lost import find_again


@dataclass(frozen=True)
class Summary:
    """What every page shows of a cart."""

    version: int
    count: int
    held_until: datetime | None  # when the first hold lapses


def contents(cart: UUID) -> Contents:
    """Return a cart as it stands; raises UnknownCart."""
    return shown(found(cart))


def found(cart: UUID) -> Document:
    """Return a cart's document; one that Redis has lost is found again from its holds."""
    document = store.load(cart) or find_again(cart)
    if document is None:
        raise UnknownCart(cart=cart)
    return document


def summary(cart: UUID) -> Summary:
    """Count a cart's units and say when the first hold lapses."""
    document = found(cart)
    count = sum(line.quantity for line in document.lines) if document.order is None else 0
    ends = [hold.expires_at for hold in live(stock.holds(cart=cart))] if count else []
    return Summary(document.version, count, min(ends, default=None))


def shown(document: Document) -> Contents:
    """Look everything up that a cart only names; what is sold no more is left out."""
    known = items(tuple(line.sku for line in document.lines))
    sold = replace(document, lines=tuple(line for line in document.lines if line.sku in known))
    priced, quote = quoted(sold)
    holds = stock.holds(cart=document.id) if priced.lines and document.order is None else ()
    return Contents(
        id=priced.id,
        version=priced.version,
        state=State.ORDERED if priced.order else State.OPEN,
        currency=priced.currency,
        locale=priced.locale,
        lines=tuple(line_shown(line, known, priced.lines, holds) for line in priced.lines),
        quote=quote,
        email=priced.email,
        address=priced.address,
        shipping=priced.shipping,
        order=priced.order,
    )


def quoted(document: Document) -> tuple[Document, Quote]:
    """Price a cart; lines without a price and a way of sending that is gone are left out."""
    try:
        return document, pricing.quote(basket=basket(document))
    except NoPrice as missing:
        kept = tuple(line for line in document.lines if line.sku not in missing.skus)
        return quoted(replace(document, lines=kept))
    except NoShipping:
        return quoted(replace(document, shipping=None))


def basket(document: Document) -> Basket:
    """Say what has to be priced."""
    return Basket(
        currency=document.currency,
        lines=tuple(BasketLine(line.sku, line.quantity) for line in document.lines),
        country=document.address.country if document.address else None,
        shipping=document.shipping,
    )


def line_shown(
    line: Wanted, known: dict[str, Item], lines: Iterable[Wanted], holds: tuple[Hold, ...]
) -> CartLine:
    """Show a line with the moment until which everything it needs is kept aside."""
    item = known[line.sku]
    needed = needs(lines, known)
    kept = {hold.sku: hold for hold in live(holds)}
    parts = {part.sku for part in item.parts}
    whole = all(sku in kept and kept[sku].quantity >= needed[sku] for sku in parts)
    return CartLine(
        id=line.id,
        sku=line.sku,
        quantity=line.quantity,
        name=item.name,
        options=item.options,
        slug=item.slug,
        picture=item.picture,
        ships=item.ships,
        held_until=min(kept[sku].expires_at for sku in parts) if whole else None,
        lapsed=line.held and not whole,
        parts=tuple(part.sku for part in item.parts for _ in range(part.quantity)),
    )


def live(holds: Iterable[Hold]) -> list[Hold]:
    """The holds that nobody else can take."""
    return [hold for hold in holds if not hold.lapsed]
