"""The rules of a cart: what it holds, and how much of anything one shopper may keep aside."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

import msgspec
from msgspec.structs import replace

from apps.catalog.interface import Component
from apps.customers.interface import Address
from apps.pricing.interface import Quote
from apps.stock.interface import Destination, Shortage

MOST_LINES = 20
MOST_UNITS = 10  # of one SKU
MOST_COUPONS = 5  # more than ever count at once
MOST_CARDS = 5  # gift cards
MOST_CHANGES = 30  # of what is kept aside for one cart, in a minute
FROZEN = timedelta(minutes=10)  # for its payment


class Goods(Protocol):
    """Something that can be bought, and then takes its parts from stock."""

    @property
    def parts(self) -> tuple[Component, ...]:
        """So many units of each SKU for one unit."""


class Wanted(msgspec.Struct, frozen=True):
    """A line as it is kept; `held` names the SKUs that stock kept aside when it was changed."""

    id: UUID
    sku: str
    quantity: int
    held: tuple[str, ...] = ()


class Missing(msgspec.Struct, frozen=True):
    """What could not be kept of a line: so many units were wanted, and so many were there."""

    sku: str
    wanted: int
    kept: int


class Merge(msgspec.Struct, frozen=True):
    """That another cart's lines were put in this one, and what of them was not."""

    source: UUID
    missing: tuple[Missing, ...] = ()


class Pace(msgspec.Struct, frozen=True):
    """How many changes of its holds a cart had left at a moment; they come back with time."""

    left: float = MOST_CHANGES
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def step(self, now: datetime) -> "Pace":
        """Take one change, or refuse."""
        since = max(0.0, (now - self.at).total_seconds())
        left = min(MOST_CHANGES, self.left + since * MOST_CHANGES / 60)
        if left < 1:
            raise TooOften(math.ceil((1 - left) * 60 / MOST_CHANGES))
        return Pace(left - 1, now)


class Freeze(msgspec.Struct, frozen=True):
    """Until when a cart does not change, and what it costs as long."""

    until: datetime
    quote: Quote


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A cart as it is kept; every change makes a new one with the next version."""

    id: UUID
    customer: UUID | None = None  # whose it is; a guest's is whoever's can prove it
    version: int = 0
    currency: str
    locale: str
    lines: tuple[Wanted, ...] = ()
    email: str = ""
    address: Address | None = None
    shipping: str | None = None
    order: UUID | None = None
    extended: bool = False  # what it holds was given more time
    pace: Pace = Pace()
    merges: tuple[Merge, ...] = ()
    merged: UUID | None = None  # the cart that has the lines of this one
    freeze: Freeze | None = None  # the last one, perhaps over
    coupons: tuple[str, ...] = ()  # codes in capital letters, the one entered last is the last
    gift_cards: tuple[UUID, ...] = ()  # in the order in which they pay

    @property
    def destination(self) -> Destination | None:
        """Where its goods will go, as far as the shopper has said."""
        return Destination(self.address.country) if self.address else None

    def frozen(self, now: datetime) -> Freeze | None:
        """Return what keeps it from changing at a moment, if anything does."""
        return self.freeze if self.freeze and self.freeze.until > now else None

    def line(self, item: UUID) -> Wanted | None:
        """Find a line by its id."""
        return next((line for line in self.lines if line.id == item), None)

    def of(self, sku: str) -> Wanted | None:
        """Find the line of a SKU, of which there is at most one."""
        return next((line for line in self.lines if line.sku == sku), None)

    def set(self, wanted: Wanted) -> "Document":
        """Put a line in the place of the one with its SKU, or at the end; none of it drops it."""
        lines = {line.sku: line for line in self.lines} | {wanted.sku: wanted}
        return replace(self, lines=tuple(line for line in lines.values() if line.quantity))

    def with_coupon(self, code: str) -> "Document":
        """Enter a coupon, which makes it the last one; of too many the first is forgotten."""
        coupons = (*self.without_coupon(code).coupons, code)
        return replace(self, coupons=coupons[-MOST_COUPONS:])

    def without_coupon(self, code: str) -> "Document":
        """Take a coupon out, if it is there."""
        return replace(self, coupons=tuple(each for each in self.coupons if each != code))

    def with_card(self, card: UUID) -> "Document":
        """Let a gift card pay, after the others."""
        kept = tuple(each for each in self.gift_cards if each != card)
        return replace(self, gift_cards=(*kept, card))

    def without_card(self, card: UUID) -> "Document":
        """Let a gift card pay no longer."""
        return replace(self, gift_cards=tuple(each for each in self.gift_cards if each != card))

    def merge_of(self, source: UUID) -> Merge | None:
        """Find what became of another cart's lines, if they were put in this one."""
        return next((each for each in self.merges if each.source == source), None)

    def count(self) -> int:
        """Add up the units of all lines."""
        return sum(line.quantity for line in self.lines)


def joined(taker: Document, giver: Document, sold: Collection[str]) -> Document:
    """Add one cart's lines to another's as far as limits allow, and what the taker has not said.

    Coupons of the taker count as entered after those of the giver.
    """
    coupons = taker.coupons
    for line in giver.lines:
        former = taker.of(line.sku)
        if line.sku not in sold or (former is None and len(taker.lines) >= MOST_LINES):
            continue
        units = line.quantity + (former.quantity if former else 0)
        wanted = replace(former or line, quantity=min(units, MOST_UNITS), held=())
        taker = taker.set(wanted)
    for code in (*giver.coupons, *coupons):
        taker = taker.with_coupon(code)
    for card in giver.gift_cards[: MOST_CARDS - len(taker.gift_cards)]:
        taker = taker.with_card(card)
    return replace(
        taker,
        email=taker.email or giver.email,
        address=taker.address or giver.address,
        shipping=taker.shipping or giver.shipping,
    )


def left_out(
    both: Document, giver: Document, after: Document, short: Iterable[Missing]
) -> tuple[Missing, ...]:
    """Compare what a cart that took another's lines keeps aside with what the two wanted."""
    kept = {line.sku: line.quantity for line in after.lines}
    kept |= {each.sku: each.kept for each in short}
    wanted = Counter[str]()
    for line in both.lines:
        wanted[line.sku] += line.quantity
    return tuple(
        Missing(line.sku, wanted[line.sku], kept.get(line.sku, 0))
        for line in giver.lines
        if kept.get(line.sku, 0) < wanted[line.sku]
    )


def needs(lines: Iterable[Wanted], items: Mapping[str, Goods]) -> Counter[str]:
    """Count the units of every SKU that some lines take from stock, bundles by their parts."""
    counted: Counter[str] = Counter()
    for line in lines:
        for part in items[line.sku].parts if line.sku in items else ():
            counted[part.sku] += part.quantity * line.quantity
    return counted


def short_lines(
    lines: Iterable[Wanted], items: Mapping[str, Goods], shortages: Iterable[Shortage]
) -> tuple[Shortage, ...]:
    """Say of each line that is short how many units of the line itself could be had."""
    spare = {each.sku: each.available - each.wanted for each in shortages}
    short = []
    for line in lines:
        parts = (part for part in items[line.sku].parts if part.sku in spare)
        if missing := [spare[part.sku] // part.quantity for part in parts]:
            short.append(Shortage(line.sku, line.quantity, max(0, line.quantity + min(missing))))
    return tuple(short)


def most_units(item: Goods, free: Mapping[str, int]) -> int:
    """Return how many units of an item its parts would do for; only counted ones are in `free`."""
    counted = (free[part.sku] // part.quantity for part in item.parts if part.sku in free)
    return min(min(counted, default=MOST_UNITS), MOST_UNITS)


class Refused(Exception):
    """A change that a cart does not allow; nothing was kept."""


class UnknownSku(Refused):
    """Nothing is sold under this SKU, or not in the cart's currency."""

    def __init__(self, sku: str) -> None:
        super().__init__(sku)
        self.sku = sku


class UnknownLine(Refused):
    """The cart has no such line."""


class TooMuch(Refused):
    """More than one shopper may keep aside; `most` is the limit that was met."""

    def __init__(self, most: int, *, what: str) -> None:
        super().__init__(f"at most {most} {what}")
        self.most, self.what = most, what


class AlreadyExtended(Refused):
    """What a cart holds is given more time once."""


class Frozen(Refused):
    """The cart waits for its payment, and does not change until a moment."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"frozen until {until.isoformat()}")
        self.until = until


class TooOften(Refused):
    """What the cart keeps aside changes faster than a shopper could mean it."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"try again in {wait} s")
        self.wait = wait  # seconds


class EmptyCard(Refused):
    """Nothing is left on a gift card."""


class OtherMoney(Refused):
    """A gift card is in another currency than the cart."""

    def __init__(self, currency: str) -> None:
        super().__init__(currency)
        self.currency = currency


class GuessedTooOften(TooOften):
    """Too many wrong codes were entered for the cart, or from where the shopper is."""


class Stale(Refused):
    """The cart has changed since the caller saw it."""

    def __init__(self, version: int) -> None:
        super().__init__(f"the cart is at version {version}")
        self.version = version


def check_limits(document: Document) -> None:
    """Refuse a cart that keeps more aside than one shopper may."""
    if len(document.lines) > MOST_LINES:
        raise TooMuch(MOST_LINES, what="lines")
    if len(document.gift_cards) > MOST_CARDS:
        raise TooMuch(MOST_CARDS, what="gift cards")
    if any(line.quantity > MOST_UNITS for line in document.lines):
        raise TooMuch(MOST_UNITS, what="units")
