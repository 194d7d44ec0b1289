"""Who wants what, and where it goes: everything of a cart that its price depends on."""

from dataclasses import dataclass
from datetime import datetime

from .amounts import whole


class BadLine(ValueError):
    """A line that cannot be in a cart: no unit at all, or more than one cart may hold."""


@dataclass(frozen=True)
class Line:
    """Some units of a good; the price may have been overridden by hand, or a discount agreed."""

    sku: str
    quantity: int
    price: int | None = None  # of a unit, in steps
    discount: int = 0  # off the whole line, in steps

    def __post_init__(self) -> None:
        if type(self.quantity) is not int or self.quantity < 1:
            raise BadLine(f"{self.quantity} units of {self.sku} cannot be priced")
        whole(f"The price of {self.sku}", self.price)
        whole(f"The discount on {self.sku}", self.discount)


@dataclass(frozen=True)
class Place:
    """Where goods go, as far as it is known."""

    country: str = ""  # ISO 3166, two letters
    region: str = ""
    postcode: str = ""
    zone: str = ""  # the shop's own name for it, where the shop knows better


@dataclass(frozen=True)
class Customer:
    """Somebody known, by an account or an e-mail address, with the past that rules ask about."""

    key: str = ""
    groups: frozenset[str] = frozenset()
    orders: int = 0  # placed so far
    orders_cancelled: int = 0  # of these
    spent: int = 0  # in the cart's currency, on orders that were kept
    past_known: bool = True  # else rules about earlier orders and their opposites never hold
    place: Place | None = None  # where things went last
    tax_exempt: bool = False
    vat_number: str = ""

    def __post_init__(self) -> None:
        whole("Earlier orders", self.orders, self.orders_cancelled)
        whole("What was spent so far", self.spent)

    @property
    def orders_kept(self) -> int:
        """Orders that were not cancelled."""
        return max(self.orders - self.orders_cancelled, 0)


@dataclass(frozen=True)
class Credit:
    """A gift card or store credit, and what is left on it."""

    key: str
    balance: int

    def __post_init__(self) -> None:
        whole(f"The balance of {self.key}", self.balance)


@dataclass(frozen=True)
class Cart:
    """What is to be priced, for whom, and at which moment."""

    lines: tuple[Line, ...]
    now: datetime
    channel: str = ""
    customer: Customer | None = None
    place: Place | None = None
    shipping: str | None = None  # key of the chosen method
    coupons: tuple[str, ...] = ()  # in the order they were entered
    extras: frozenset[str] = frozenset()  # such as gift wrapping
    credits: tuple[Credit, ...] = ()  # in the order they are used up
    cash: bool = False

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("The moment of pricing needs a time zone")
