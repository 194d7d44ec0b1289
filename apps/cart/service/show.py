"""Showing carts: with the names, holds and prices of this moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from apps.catalog.interface import Item, catalog
from apps.customers.interface import UnknownCustomer, customers
from apps.pricing.interface import CartDraft, LineDraft, NoPrice, NoShipping, Quote, pricing
from apps.stock.interface import Hold, stock
from commerce import clock

from .. import store
from ..domain import Document, Goods, UnknownLine, Wanted, most_units, needs
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


def line(cart: UUID, item: UUID) -> CartLine:
    """Show one line of a cart; raises UnknownCart, UnknownLine."""
    document = found(cart)
    known = items(tuple(line.sku for line in document.lines))
    sold = tuple(line for line in document.lines if line.sku in known)
    lines = lines_shown(replace(document, lines=sold), known)
    if shown := next((line for line in lines if line.id == item), None):
        return shown
    raise UnknownLine


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
    freeze = document.frozen(clock.now())
    if freeze and sold == document.lines:
        priced, quote = document, freeze.quote
    else:
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
        frozen_until=freeze.until if freeze else None,
        coupons=priced.coupons,
        gift_cards=priced.gift_cards,
        customer=priced.customer,
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
    """Say what has to be priced, for whom, and sent where."""
    customer, groups = buyer(document)
    return CartDraft(
        currency=document.currency,
        lines=tuple(LineDraft(line.sku, line.quantity) for line in document.lines),
        country=document.address.country if document.address else None,
        shipping=document.shipping,
        coupons=document.coupons,
        customer=customer,
        groups=groups,
        gift_cards=document.gift_cards,
    )


def buyer(document: Document) -> tuple[UUID | None, tuple[str, ...]]:
    """Say whose cart it is, and of which groups he is now."""
    if document.customer is None:
        return None, ()
    try:
        return document.customer, customers.shopper(customer=document.customer).groups
    except UnknownCustomer:
        return None, ()


def lines_shown(document: Document, known: dict[str, Item]) -> tuple[CartLine, ...]:
    """Show each line with the moment until which everything it needs is kept aside."""
    if document.order is not None:
        return tuple(line_shown(replace(line, held=()), known, {}, {}) for line in document.lines)
    holds = holds_of(document)
    ends = ends_of(document, known, holds)
    open_lines = [line for line in document.lines if not ends.keys() >= parts_of(line, known)]
    free = still_there(open_lines, known, holds) if open_lines else {}
    return tuple(line_shown(line, known, ends, free) for line in document.lines)


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


def parts_of(line: Wanted, known: Mapping[str, Goods]) -> set[str]:
    """Name the SKUs that a line takes from stock."""
    return {part.sku for part in known[line.sku].parts}


def still_there(
    lines: list[Wanted], known: dict[str, Item], holds: dict[str, Hold]
) -> dict[str, int]:
    """Count how many units the cart could have of what some lines take; what runs out, that is."""
    parts = set[str]().union(*(parts_of(line, known) for line in lines))
    there = stock.available(skus=tuple(sorted(parts)))
    free = {sku: each.free for sku, each in there.items() if each.tracked}
    for sku in free.keys() & holds.keys():
        free[sku] += holds[sku].quantity
    return free


def line_shown(
    line: Wanted, known: dict[str, Item], ends: dict[str, datetime], free: dict[str, int]
) -> CartLine:
    """Show a line; `ends` says until when SKUs are kept, `free` how many are there of others."""
    item = known[line.sku]
    lapsed = not ends.keys() >= set(line.held)
    open_parts = parts_of(line, known) & free.keys() - ends.keys()
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
        unheld=bool(open_parts) and not lapsed,
        available=most_units(item, free) if lapsed else None,
        parts=tuple(part.sku for part in item.parts for _ in range(part.quantity)),
    )
