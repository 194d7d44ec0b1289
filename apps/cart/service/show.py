"""Showing carts: with the names, holds and prices of this moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from apps.catalog.interface import Item, catalog
from apps.pricing.interface import CartDraft, LineDraft, NoPrice, NoShipping, Quote, pricing
from apps.stock.interface import Hold, stock

from .. import store
from ..domain import Document, Goods, Wanted, most_units, needs
from ..interface import CartLine, CartMerged, Contents, GoneLine, State, UnknownCart
from .goods import items
from .lost import find_again


@dataclass(frozen=True)
class Summary:
    """What every page shows of a cart."""

    version: int
    count: int
    held_until: datetime | None  # when the first hold lapses


def contents(cart: UUID) -> Contents:
    """Return a cart as it stands; raises UnknownCart, CartMerged."""
    return shown(found(cart))


def summary(cart: UUID) -> Summary:
    """Count a cart's units and say when the first hold lapses."""
    document = found(cart)
    count = document.count() if document.order is None else 0
    holds = stock.holds(cart=cart) if count else ()
    ends = [hold.expires_at for hold in holds if not hold.lapsed]
    return Summary(document.version, count, min(ends, default=None))


def found(cart: UUID) -> Document:
    """Return a cart's document; one that Redis has lost is found again from its holds."""
    document = store.load(cart) or find_again(cart)
    if document is None:
        raise UnknownCart(cart=cart)
    if document.merged is not None:
        raise CartMerged(cart=cart, into=document.merged)
    return document


def shown(document: Document) -> Contents:
    """Look everything up that a cart only names; what is sold no more is named apart."""
    known = items(tuple(line.sku for line in document.lines))
    sold = tuple(line for line in document.lines if line.sku in known)
    priced, quote = quoted(replace(document, lines=sold))
    return Contents(
        id=priced.id,
        version=priced.version,
        state=State.ORDERED if priced.order else State.OPEN,
        currency=priced.currency,
        locale=priced.locale,
        lines=lines_shown(priced, known),
        quote=quote,
        email=priced.email,
        address=priced.address,
        shipping=priced.shipping,
        order=priced.order,
        extended=priced.extended,
        gone=gone_shown(document, priced),
    )


def gone_shown(document: Document, priced: Document) -> tuple[GoneLine, ...]:
    """Name the lines that are sold no more as the shopper knew them."""
    gone = [line for line in document.lines if line not in priced.lines]
    if not gone:
        return ()
    drafts = [each.draft for each in catalog.find(codes=tuple(line.sku for line in gone))]
    names = {variant.sku: draft.name for draft in drafts for variant in draft.variants}
    return tuple(
        GoneLine(line.id, line.sku, line.quantity, names.get(line.sku, {document.locale: line.sku}))
        for line in gone
    )


def quoted(document: Document) -> tuple[Document, Quote]:
    """Price a cart; lines without a price and a way of sending that is gone are left out."""
    try:
        return document, pricing.quote(cart=draft(document))
    except NoPrice as missing:
        kept = tuple(line for line in document.lines if line.sku not in missing.skus)
        return quoted(replace(document, lines=kept))
    except NoShipping:
        return quoted(replace(document, shipping=None))


def draft(document: Document) -> CartDraft:
    """Say what has to be priced, and sent where."""
    return CartDraft(
        currency=document.currency,
        lines=tuple(LineDraft(line.sku, line.quantity) for line in document.lines),
        country=document.address.country if document.address else None,
        shipping=document.shipping,
    )


def lines_shown(document: Document, known: dict[str, Item]) -> tuple[CartLine, ...]:
    """Show each line with the moment until which everything it needs is kept aside."""
    if document.order is not None:
        return tuple(line_shown(replace(line, held=()), known, {}, {}) for line in document.lines)
    holds = holds_of(document)
    ends = ends_of(document, known, holds)
    lapsed = lapsed_lines(document, known, holds)
    left = still_there(lapsed, known, holds) if lapsed else {}
    return tuple(line_shown(line, known, ends, left) for line in document.lines)


def holds_of(document: Document) -> dict[str, Hold]:
    """Ask stock what is kept aside for a cart now, by SKU."""
    return {hold.sku: hold for hold in stock.holds(cart=document.id) if not hold.lapsed}


def ends_of(
    document: Document, known: Mapping[str, Goods], holds: dict[str, Hold]
) -> dict[str, datetime]:
    """Say of each SKU that is kept aside for all lines until when."""
    needed = needs(document.lines, known)
    return {s: hold.expires_at for s, hold in holds.items() if hold.quantity >= needed[s]}


def lapsed_lines(
    document: Document, known: Mapping[str, Goods], holds: dict[str, Hold]
) -> list[Wanted]:
    """Find the lines of which something is kept aside no longer; what is not sold is no line."""
    ends = ends_of(document, known, holds)
    sold = (line for line in document.lines if line.sku in known)
    return [line for line in sold if not ends.keys() >= set(line.held)]


def still_there(
    lapsed: list[Wanted], known: dict[str, Item], holds: dict[str, Hold]
) -> dict[str, int]:
    """Count how many units of each lapsed line could be held again."""
    parts = {part.sku for line in lapsed for part in known[line.sku].parts}
    there = stock.available(skus=tuple(sorted(parts)))
    free = {sku: each.free for sku, each in there.items() if each.tracked}
    for sku in free.keys() & holds.keys():
        free[sku] += holds[sku].quantity
    return {line.sku: most_units(known[line.sku], free) for line in lapsed}


def line_shown(
    line: Wanted, known: dict[str, Item], ends: dict[str, datetime], left: dict[str, int]
) -> CartLine:
    """Show a line; `ends` says until when SKUs are kept, `left` what is there of lapsed ones."""
    item = known[line.sku]
    lapsed = not ends.keys() >= set(line.held)
    return CartLine(
        id=line.id,
        sku=line.sku,
        quantity=line.quantity,
        name=item.name,
        options=item.options,
        choice=item.choice,
        slug=item.slug,
        picture=item.picture,
        ships=item.ships,
        held_until=None if lapsed else min((ends[sku] for sku in line.held), default=None),
        lapsed=lapsed,
        available=left.get(line.sku),
        parts=tuple(part.sku for part in item.parts for _ in range(part.quantity)),
    )
