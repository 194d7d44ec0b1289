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


class Payment(Enum):
    """What has become of an order's money, as far as this context knows."""

    SECURED = "secured"  # authorised, not taken yet
    CAPTURING = "capturing"  # being taken: the provider may have it already
    AWAITED = "awaited"  # the shopper pays later, by invoice
    REFUSED = "refused"  # the provider would not hand it over, or only a part of it
    CAPTURED = "captured"


class Delivery(Enum):
    """How far an order's goods are; a table of its own, for what is paid later is sent before."""

    OPEN = "open"  # nothing has left
    PART_SHIPPED = "part-shipped"
    SHIPPED = "shipped"  # all that will be sent
    DELIVERED = "delivered"
    RETURNED = "returned"


class ShipmentState(Enum):
    """Where a shipment stands."""

    PACKED = "packed"
    LEAVING = "leaving"  # the stock is being told
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    UNPACKED = "unpacked"  # it never left


class ReturnState(Enum):
    """Where a return stands."""

    REQUESTED = "requested"
    APPROVED = "approved"  # the customer may send the goods
    REJECTED = "rejected"
    RECEIVED = "received"
    REFUNDED = "refunded"


class RefundState(Enum):
    """Where money stands that is given back."""

    DUE = "due"  # decided; the provider is asked as soon as the order is paid
    MADE = "made"
    REFUSED = "refused"  # by the provider


@dataclass(frozen=True)
class OrderLine:
    """Something bought, with the price it was bought at; `position` is its name in the order."""

    sku: str
    name: str
    options: dict[str, str]
    quantity: int
    unit: Money
    total: Money  # after discounts
    tax: Money
    position: int = 0
    ships: bool = True
    cancelled: int = 0
    packed: int = 0  # in shipments, those that have left included
    shipped: int = 0
    returned: int = 0
    returning: int = 0  # in returns, those that are back included

    @property
    def to_return(self) -> int:
        """How many units could still be sent back."""
        return self.shipped - self.returning

    @property
    def to_cancel(self) -> int:
        """How many units are neither packed nor cancelled."""
        return self.quantity - self.cancelled - self.packed

    @property
    def to_pack(self) -> int:
        """How many units still have to be sent."""
        return self.quantity - self.cancelled - self.packed if self.ships else 0

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
class Shipped:
    """So many units of the line at a position."""

    position: int
    quantity: int


@dataclass(frozen=True)
class Shipment:
    """A parcel of an order: what is in it and how it travels."""

    id: UUID
    number: str  # of the order, and which of its parcels it is
    state: ShipmentState
    goods: tuple[Shipped, ...]
    carrier: str
    tracking: str
    link: str
    packed_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None


@dataclass(frozen=True)
class Return:
    """Goods that come back: what was announced, and what of it has come."""

    id: UUID
    number: str  # of the order, and which of its returns it is
    state: ReturnState
    goods: tuple[Shipped, ...]
    received: tuple[Shipped, ...]
    why: str
    requested_at: datetime


@dataclass(frozen=True)
class Refund:
    """Money given back, in all: what goes to the payment and what to gift cards."""

    id: UUID
    amount: Money
    state: RefundState
    cause: str
    why: str
    at: datetime


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
    payment: Payment = Payment.SECURED
    delivery: Delivery = Delivery.OPEN
    on_hold: bool = False
    shipments: tuple[Shipment, ...] = ()
    customer: UUID | None = None  # who was signed in, or was recognised by the address
    returns: tuple[Return, ...] = ()
    refunds: tuple[Refund, ...] = ()
    taken: Money | None = None  # where it is less than is due

    @property
    def refunded(self) -> Money:
        """What is given back, or about to be."""
        given = (each.amount for each in self.refunds if each.state is not RefundState.REFUSED)
        return sum(given, Money.zero(self.currency))

    @property
    def standing(self) -> str:
        """Where the order stands, in one word: how far its goods are says more than its money."""
        real = self.status in {Status.PLACED, Status.PAID}
        if real and self.grand.minor and self.refunded == self.grand:
            return "refunded"
        word: str = self.status.value
        if real and self.delivery is not Delivery.OPEN:
            word = self.delivery.value
        return word

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
