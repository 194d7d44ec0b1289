"""What the cart context offers the others."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from uuid import UUID

from apps.customers.interface import Address, Shopper
from apps.pricing.interface import Quote
from commerce.services import Service, ServiceError, connect, operation


class State(Enum):
    """What can still happen to a cart."""

    OPEN = "open"
    ORDERED = "ordered"


@dataclass(frozen=True)
class CartLine:
    """A wish for some units of a SKU, with until when they are kept aside."""

    id: UUID
    sku: str
    quantity: int
    name: dict[str, str]  # by locale
    options: dict[str, str]
    slug: str
    picture: str | None
    ships: bool
    held_until: datetime | None  # None: not held (no longer, never, or nobody counts this SKU)
    lapsed: bool = False  # it was held, and anybody may take it now
    unheld: bool = False  # something of it that can run out was never held for this line
    available: int | None = None  # of a lapsed line: how many units could be held again
    choice: dict[str, str] = field(default_factory=dict)  # the options in words, by locale
    parts: tuple[str, ...] = ()  # SKUs held for one unit, repeated per unit; empty: the SKU itself


@dataclass(frozen=True)
class GoneLine:
    """A wish for something that is sold no more, or not in the cart's currency."""

    id: UUID
    sku: str
    quantity: int
    name: dict[str, str]  # by locale; the SKU where the catalogue has forgotten it


@dataclass(frozen=True)
class Contents:
    """A cart as it stands; `version` grows with every change."""

    id: UUID
    version: int
    state: State
    currency: str
    locale: str
    lines: tuple[CartLine, ...]
    quote: Quote
    email: str = ""
    address: Address | None = None
    shipping: str | None = None
    order: UUID | None = None
    extended: bool = False  # its holds were given more time, which happens once
    gone: tuple[GoneLine, ...] = ()  # neither in `lines` nor in `quote`; to be taken out
    frozen_until: datetime | None = None  # neither it nor its prices change before
    coupons: tuple[str, ...] = ()  # codes that were entered; `quote.coupons` says which count
    gift_cards: tuple[UUID, ...] = ()  # `quote.cards` says what each pays
    customer: UUID | None = None  # whose it is, unless it is a guest's

    @property
    def held_until(self) -> datetime | None:
        """When the first hold lapses, if all that can be held is."""
        ends = [line.held_until for line in self.lines if line.held_until]
        return None if any(line.lapsed for line in self.lines) else min(ends, default=None)

    @property
    def unheld(self) -> bool:
        """Whether something in it was never held, and can sell out before it is ordered."""
        return any(line.unheld for line in self.lines)

    @property
    def ships(self) -> bool:
        """Whether anything in it has to be sent."""
        return any(line.ships for line in self.lines)


class UnknownCart(ServiceError):
    """There is no such cart, or it is gone."""

    cart: UUID


class CartMerged(UnknownCart):
    """The cart's lines have been put in another one; this one is no more."""

    into: UUID


class CartOrdered(ServiceError):
    """The cart has become an order and cannot change any more."""

    cart: UUID
    order: UUID


class Cart(Service):
    """Remembers what shoppers want to buy, and keeps it aside for them."""

    name = "cart"
    errors = (UnknownCart, CartMerged, CartOrdered)

    @operation
    def contents(self, *, cart: UUID) -> Contents:
        """Return the cart with names, holds and prices as they are now."""

    @operation
    def owner(self, *, cart: UUID) -> UUID | None:
        """Return the customer whose cart it is; None for a guest's."""

    @operation
    def live(self, *, shopper: Shopper, guest: UUID | None) -> UUID:
        """Return a customer's one live cart, with what a guest's cart of his had put in it."""

    @operation
    def note(
        self, *, cart: UUID, email: str, address: Address | None, shipping: str | None
    ) -> Contents:
        """Write down who buys, where to and how it is sent, without judging any of it.

        A way of sending that does not go there, or that nothing needs, is left out.
        """

    @operation
    def close(self, *, cart: UUID, order: UUID) -> None:
        """Mark the cart as ordered; it stays readable for its owner."""


cart = connect(Cart)
