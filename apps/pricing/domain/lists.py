"""Price lists: what a unit costs whom, where, when and from how many units on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .amounts import BadAmount, whole
from .cart import Cart
from .period import ALWAYS, Period


@dataclass(frozen=True)
class ListPrice:
    """The price of a unit; promotions never go below `minimum`, `original` is struck out."""

    amount: int
    original: int | None = None
    minimum: int = 0
    from_quantity: int = 1

    def __post_init__(self) -> None:
        whole("A price", self.amount, self.original, self.minimum)
        if self.from_quantity < 1:
            raise BadAmount(f"A price cannot begin at {self.from_quantity} units")


@dataclass(frozen=True)
class PriceList:
    """Prices by SKU for some customers, channels and times; empty sets mean everybody, anywhere.

    Where several lists price a good, one made for the customer goes before one for a group, that
    before one for a channel, that before one for all; then the higher priority, then the one that
    began last, then the key. Of a list, the highest quantity reached counts.
    """

    key: str
    prices: Mapping[str, tuple[ListPrice, ...]]
    name: str = ""
    channels: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    customers: frozenset[str] = frozenset()
    period: Period = ALWAYS
    priority: int = 0
    rank: tuple[object, ...] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        since = self.period.since
        kinds = (not self.customers, not self.groups, not self.channels)
        rank = (*kinds, -self.priority, -since.timestamp() if since else float("inf"), self.key)
        object.__setattr__(self, "rank", rank)
        for sku, tiers in self.prices.items():
            if len({tier.from_quantity for tier in tiers}) < len(tiers):
                raise BadAmount(f"{self.key} has two prices of {sku} for the same quantity")

    def open_to(self, cart: Cart) -> bool:
        """Tell whether a cart is priced by this list."""
        customer = cart.customer
        return (
            self.period.holds(cart.now)
            and (not self.channels or cart.channel in self.channels)
            and (not self.groups or (customer is not None and bool(self.groups & customer.groups)))
            and (not self.customers or (customer is not None and customer.key in self.customers))
        )

    def price(self, sku: str, quantity: int) -> ListPrice | None:
        """Return the price of a unit when so many are bought."""
        found = None
        for tier in self.prices.get(sku, ()):
            reached = tier.from_quantity <= quantity
            if reached and (found is None or tier.from_quantity > found.from_quantity):
                found = tier
        return found


def open_lists(lists: Iterable[PriceList], cart: Cart) -> list[PriceList]:
    """Return the lists that price a cart, the one that decides first."""
    return sorted((each for each in lists if each.open_to(cart)), key=lambda each: each.rank)
