"""What the stock context offers the others."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from uuid import UUID

from commerce.services import Service, ServiceError, connect, operation

MAIN = "main"  # the location that every shop begins with


class Policy(Enum):
    """Whether the units of a SKU are counted."""

    TRACKED = "tracked"
    UNTRACKED = "untracked"  # always to be had: downloads, services


@dataclass(frozen=True)
class Line:
    """So many units of one SKU."""

    sku: str
    quantity: int


@dataclass(frozen=True)
class Part:
    """Some of an order's goods, by a name under which they leave or go back once."""

    reference: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Destination:
    """Where goods will be sent, as far as it is known."""

    country: str  # ISO 3166, two letters
    latitude: Decimal | None = None  # degrees
    longitude: Decimal | None = None


@dataclass(frozen=True)
class Buyer:
    """Who a cart belongs to, as far as it is known, so that nobody holds everything."""

    customer: UUID | None = None
    address: str = ""  # a block of internet addresses as a keyed hash, never an address itself


NOBODY = Buyer()


class Cap(Enum):
    """What bounds how much may be held of a SKU."""

    CART = "cart"  # units in one cart
    CUSTOMER = "customer"  # units in all carts of a customer
    ADDRESS = "address"  # units in all carts from a block of addresses
    CARTS = "carts"  # carts from a block of addresses, of a SKU in great demand


@dataclass(frozen=True)
class Availability:
    """How many units of a SKU are free now; `tracked` is False where nobody counts.

    Some of the free units may be sold before they are here; they are `expected` on a day, if known.
    """

    free: int
    tracked: bool = True
    later: int = 0  # of the free units, those that are not here yet
    expected: date | None = None
    starts_at: datetime | None = None  # of a sale to come: nobody gets any before


@dataclass(frozen=True)
class Hold:
    """Units kept aside for a cart until a moment; a lapsed one lasts until somebody needs it."""

    sku: str
    quantity: int
    expires_at: datetime
    lapsed: bool = False  # by the database's clock, which decides


@dataclass(frozen=True)
class Reservation:
    """What a cart holds of the SKUs that a change named; nothing of those nobody counts."""

    cart: UUID
    holds: tuple[Hold, ...]


@dataclass(frozen=True)
class Shortage:
    """A line that cannot be kept aside; `available` contains what the cart holds already."""

    sku: str
    wanted: int
    available: int


class Standing(Enum):
    """How a cart stands in a sale."""

    EARLY = "early"  # the sale begins later
    WAITING = "waiting"
    GONE = "sold-out"  # everything is sold or in carts; whoever waits keeps the place
    ADMITTED = "admitted"
    OPEN = "open"  # the sale has no line


@dataclass(frozen=True)
class Place:
    """A cart's place in the line of a sale; its position never grows."""

    sale: UUID
    name: str
    standing: Standing
    starts_at: datetime
    position: int | None = None  # how many go in until it is this cart's turn, itself included
    wait: int | None = None  # seconds it takes at least
    until: datetime | None = None  # when the admission ends
    ticket: str = ""  # restores the place if the line is lost
    again: int = 5  # seconds until it is worth asking again


class OutOfStock(ServiceError):
    """At least one line is short. Nothing was reserved or changed."""

    shortages: tuple[Shortage, ...]


class HoldLimit(ServiceError):
    """The cart, or all carts of its owner, would hold more of a SKU than they may."""

    sku: str
    cap: Cap
    most: int


class LapsedTooOften(ServiceError):
    """The cart let the SKU lapse again and again, and has to wait until it may hold it anew."""

    sku: str
    until: datetime


class HoldTooLong(ServiceError):
    """Goods are not kept aside for as long as that."""

    most: timedelta


class BadQuantity(ServiceError):
    """Units are sold whole, and never fewer than none or more than a shelf can bear."""

    sku: str


class TooManyLines(ServiceError):
    """More SKUs were named at once than any cart has."""

    most: int


class NotStarted(ServiceError):
    """The sale of a SKU begins later. Nothing was reserved or changed."""

    sku: str
    starts_at: datetime


class Waiting(ServiceError):
    """The SKU is sold in order of arrival, and the cart has not been let in. Nothing changed."""

    sku: str
    sale: UUID
    position: int | None = None  # in the line, if the cart stands in it


class NoSale(ServiceError):
    """The SKU is in no sale: whoever comes may buy it."""

    sku: str


class BadTicket(ServiceError):
    """The ticket was not given to this cart for this sale."""

    cart: UUID


class TooManyPlaces(ServiceError):
    """So many carts from one block of addresses wait already."""

    most: int


class CountTooLow(ServiceError):
    """A count below what is already promised to carts and orders. Nothing was changed."""

    sku: str
    counted: int
    promised: int


class UnknownLocation(ServiceError):
    """No goods can lie there: the merchant has named no such location."""

    location: str


class GoodsMissing(ServiceError):
    """Some of the order's goods are still expected. Nothing left the house."""

    order: UUID


class AlreadyCancelled(ServiceError):
    """The order's goods went back on the shelf; no order gets goods a second time."""

    order: UUID


class Stock(Service):
    """Keeps goods aside for carts, and never promises more than there are."""

    name = "stock"
    errors = (
        *(OutOfStock, HoldLimit, LapsedTooOften, HoldTooLong, BadQuantity, TooManyLines),
        *(CountTooLow, UnknownLocation, GoodsMissing, AlreadyCancelled),
        *(NotStarted, Waiting, NoSale, BadTicket, TooManyPlaces),
    )

    @operation
    def available(self, *, skus: tuple[str, ...]) -> dict[str, Availability]:
        """Count the free units of each SKU at all locations that sell, expired holds included.

        An unknown SKU has none.
        """

    @operation
    def reserve(
        self,
        *,
        cart: UUID,
        lines: tuple[Line, ...],
        ttl: timedelta,
        destination: Destination | None = None,
        buyer: Buyer = NOBODY,
    ) -> Reservation:
        """Set what the cart holds of each named SKU: all lines or none; quantity 0 lets it go."""

    @operation
    def holds(self, *, cart: UUID) -> tuple[Hold, ...]:
        """List what the cart holds, lapsed holds that nobody else has taken included."""

    @operation
    def extend(self, *, cart: UUID) -> None:
        """Let what the cart holds last a while longer, once: its owner is about to pay."""

    @operation
    def release(self, *, cart: UUID) -> None:
        """Put whatever the cart holds back on the shelf."""

    @operation
    def hand_over(self, *, cart: UUID, to: UUID) -> None:
        """Give whatever the cart holds to another one; it is nobody else's for a moment.

        Where the cart was let in to a sale, or has the better place in a line, goes with it.
        """

    @operation
    def commit(
        self,
        *,
        order: UUID,
        cart: UUID,
        lines: tuple[Line, ...],
        destination: Destination | None = None,
    ) -> None:
        """Turn holds into the order's goods, all or none, taking what lapsed again if it can."""

    @operation
    def cancel(self, *, order: UUID, part: Part | None = None) -> None:
        """Put the order's goods, or a part of them, back on the shelf; it may have none."""

    @operation
    def ship(self, *, order: UUID, part: Part | None = None) -> None:
        """Take the order's goods, or a part of them, out of the house."""

    @operation
    def take_back(self, *, lines: tuple[Line, ...], reference: str, location: str = MAIN) -> None:
        """Put what came back on the shelf, once for each reference; uncounted SKUs are left out."""

    @operation
    def count(self, *, lines: tuple[Line, ...], reference: str, location: str = MAIN) -> int:
        """Set how many units are at a location, as counted; returns how many SKUs that changed.

        The reference names the count: what was counted there under it once is not counted again.
        """

    @operation
    def set_policy(self, *, skus: tuple[str, ...], policy: Policy) -> int:
        """Say whether these SKUs are counted (the default); returns how many that changed."""

    @operation
    def line_up(self, *, cart: UUID, sku: str, ticket: str = "", origin: str = "") -> Place:
        """Tell where a cart stands in the sale of a SKU, at the end of its line if it is new.

        Whoever does not ask for a minute is passed over, and keeps the place by the ticket. The
        origin names a block of addresses, from which only so many carts may wait at once.
        """


stock = connect(Stock)
