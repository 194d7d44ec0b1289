"""Shelf prices: what a unit costs before the cart is priced, catalogue promotions included."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from .amounts import rate, whole
from .cart import Cart
from .goods import EVERYTHING, Good, Only
from .lists import PriceList
from .period import ALWAYS, Period
from .policy import First, Policy, Reductions
from .rounding import Per, nearest, share

ALL = Decimal(100)


@dataclass(frozen=True)
class CatalogPromotion:
    """Changes the price on the shelf: a new price first, then an amount off, then per cents."""

    key: str
    name: str = ""
    percent: Decimal | None = None
    fixed: int | None = None
    new_price: int | None = None
    only: Only = EVERYTHING
    priority: int = 0
    exclusive: bool = False
    channels: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    period: Period = ALWAYS
    from_quantity: int = 1

    def __post_init__(self) -> None:
        whole(f"What {self.key} takes", self.fixed, self.new_price)
        rate(f"What {self.key} takes", self.percent, most=ALL)

    def open_to(self, cart: Cart) -> bool:
        """Tell whether it runs for a cart."""
        return (
            self.period.holds(cart.now)
            and (not self.channels or cart.channel in self.channels)
            and (not self.groups or bool(cart.customer and self.groups & cart.customer.groups))
        )

    def reduced(self, price: int, policy: Policy, cent: int) -> int:
        """Return what it would make of a price, minimum and old price not looked at."""
        price = price if self.new_price is None else self.new_price
        price = max(price - (self.fixed or 0), 0)
        if not self.percent:
            return price
        step = cent if policy.goods_per is Per.UNIT else 1
        return nearest(price - share(price, self.percent), step, policy.rounding)


class Reduction(NamedTuple):
    """What a catalogue promotion took off one unit."""

    by: CatalogPromotion
    amount: int


class ShelfPrice(NamedTuple):
    """The price of a unit and how it came about."""

    source: PriceList
    original: int
    price: int
    minimum: int
    reductions: tuple[Reduction, ...]


def in_order(promotions: Iterable[CatalogPromotion], policy: Policy) -> list[CatalogPromotion]:
    """Sort by priority; where priorities are equal the order stays."""
    sign = -1 if policy.first is First.HIGHEST else 1
    return sorted(promotions, key=lambda each: sign * each.priority)


def shelf_price(
    good: Good,
    quantity: int,
    lists: Iterable[PriceList],
    promotions: Collection[CatalogPromotion],
    policy: Policy,
    cent: int,
) -> ShelfPrice | None:
    """Price one unit of a good when so many are bought; lists and promotions come in order."""
    for source in lists:
        if (found := source.price(good.sku, quantity)) is not None:
            original = rounded(
                found.amount if found.original is None else found.original, policy, cent
            )
            if not promotions:
                price = rounded(found.amount, policy, cent)
                return ShelfPrice(source, original, price, found.minimum, ())
            meant = [
                each
                for each in promotions
                if each.from_quantity <= quantity and each.only.picks(good, original)
            ]
            taken = reductions(original, found.minimum, chosen(meant, policy), policy, cent)
            price = original - sum(each.amount for each in taken)
            if not taken:
                price = rounded(found.amount, policy, cent)
            return ShelfPrice(source, original, price, found.minimum, taken)
    return None


def rounded(amount: int, policy: Policy, cent: int) -> int:
    """Round a price where every unit has to cost whole cents."""
    if cent == 1 or policy.goods_per is not Per.UNIT:
        return amount
    return nearest(Decimal(amount), cent, policy.rounding)


def chosen(promotions: list[CatalogPromotion], policy: Policy) -> list[CatalogPromotion]:
    """Leave out what an exclusive promotion, or the first one, keeps from working."""
    alone = [each for each in promotions if each.exclusive]
    if alone:
        return alone[:1]
    return promotions[:1] if policy.reductions is Reductions.FIRST else promotions


def reductions(
    price: int, minimum: int, promotions: list[CatalogPromotion], policy: Policy, cent: int
) -> tuple[Reduction, ...]:
    """Let promotions work one after the other; those that change nothing are left out."""
    taken = []
    for each in promotions:
        after = min(max(each.reduced(price, policy, cent), minimum), price)
        if after != price:
            taken.append(Reduction(each, price - after))
            price = after
    return tuple(taken)
