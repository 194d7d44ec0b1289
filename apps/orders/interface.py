"""What the orders context offers the others."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from apps.customers.interface import Address
from apps.pricing.interface import Discount
from commerce.money import Money
from commerce.services import Service, ServiceError, connect, operation


class Status(Enum):
    """Where an order stands; every change follows the table in `domain.py`."""

    PLACING = "placing"  # being accepted; nobody was told yet
    REFUSING = "refusing"  # what was taken for it is being given back
    ACCEPTED = "accepted"  # promised to the shopper
    PLACED = "placed"  # confirmed by the worker
    PAID = "paid"
    CANCELLED = "cancelled"
    REFUSED = "refused"  # never accepted


@dataclass(frozen=True)
class OrderLine:
    """Something bought, with the price it was bought at."""

    sku: str
    name: str
    options: dict[str, str]
    quantity: int
    unit: Money
    total: Money  # after discounts
    tax: Money

    @property
    def before(self) -> Money:
        """What its units cost before discounts."""
        return self.unit * self.quantity


@dataclass(frozen=True)
class PaidByCard:
    """What a gift card has paid; `hint` is the end of its code, and empty for store credit."""

    card: UUID
    hint: str
    amount: Money


@dataclass(frozen=True)
class HistoryEntry:
    """One step of an order's story: when, who, what, and why."""

    at: datetime
    actor: str
    what: str
    why: str = ""


@dataclass(frozen=True)
class Order:
    """An order as it stands."""

    id: UUID
    number: str
    cart: UUID
    status: Status
    email: str
    locale: str
    currency: str
    lines: tuple[OrderLine, ...]
    subtotal: Money
    shipping: Money
    tax: Money
    grand: Money
    address: Address | None
    accepted_at: datetime | None
    version: int
    history: tuple[HistoryEntry, ...] = ()
    discounts: tuple[Discount, ...] = ()
    coupons: tuple[str, ...] = ()  # those that counted
    cards: tuple[PaidByCard, ...] = ()

    @property
    def due(self) -> Money:
        """What is left of `grand` for the payment when gift cards have paid."""
        return self.grand - sum((card.amount for card in self.cards), Money.zero(self.currency))

    @property
    def goods(self) -> Money:
        """What the goods cost before discounts."""
        return sum((line.before for line in self.lines), Money.zero(self.currency))

    @property
    def sending(self) -> Money:
        """What sending costs before discounts: `goods` + `sending` - discounts = `grand`."""
        off = sum((each.amount for each in self.discounts), Money.zero(self.currency))
        return self.grand + off - self.goods


class UnknownOrder(ServiceError):
    """There is no such order."""

    order: UUID


class Orders(Service):
    """Takes orders quickly, never loses one, and turns each into a real one."""

    name = "orders"
    errors = (UnknownOrder,)

    @operation
    def order(self, *, order: UUID) -> Order:
        """Return an order with its history."""


orders = connect(Orders)
