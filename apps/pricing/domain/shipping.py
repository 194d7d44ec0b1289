"""Sending: which methods take a cart, what they charge, and what promotions take off the fee."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from .amounts import BadAmount, rate, whole
from .cart import Place
from .explanation import SHIPPING, Entry, Kind
from .policy import Policy
from .rounding import nearest, share
from .sheet import Giver
from .zones import Zone

ALL = Decimal(100)


class Match(Enum):
    """How many units have to be of a method's shipping category."""

    ANY = "any"
    EVERY = "every"
    NONE = "none"


@dataclass(frozen=True)
class Parcel:
    """What is to be sent, as shipping methods see it."""

    place: Place | None
    total: int  # of the goods, after discounts
    units: int
    weight: Decimal
    categories: tuple[str, ...]  # of each good that is sent


@dataclass(frozen=True)
class Span:
    """From one figure up to another; None leaves an end open."""

    least: Decimal | int | None = None
    most: Decimal | int | None = None
    below: Decimal | int | None = None

    def holds(self, figure: Decimal | int) -> bool:
        """Tell whether a figure lies within."""
        return (
            (self.least is None or figure >= self.least)
            and (self.most is None or figure <= self.most)
            and (self.below is None or figure < self.below)
        )


ANY = Span()


@dataclass(frozen=True)
class Bracket:
    """A fee for one zone, for carts worth so much or so heavy."""

    fee: int
    zone: Zone | None = None
    total: Span = ANY
    weight: Span = ANY

    def __post_init__(self) -> None:
        whole("A fee", self.fee)

    def takes(self, parcel: Parcel) -> bool:
        """Tell whether a parcel falls into it."""
        return (
            self.total.holds(parcel.total)
            and self.weight.holds(parcel.weight)
            and (self.zone is None or (parcel.place is not None and self.zone.holds(parcel.place)))
        )


@dataclass(frozen=True)
class ShippingMethod:
    """A way of sending: its fee, or brackets of fees, and what it takes where."""

    key: str
    name: str = ""
    fee: int = 0
    per_unit: bool = False
    brackets: tuple[Bracket, ...] = ()
    handling: int = 0  # added to whatever fee there is
    zone: Zone | None = None  # asked only once the place is known
    total: Span = ANY
    weight: Span = ANY
    category: str = ""
    match: Match = Match.ANY
    tax_category: str = ""
    includes_tax: bool | None = None  # None leaves it to the tax rate
    position: int = 0

    def __post_init__(self) -> None:
        whole(f"The fee of {self.key}", self.fee, self.handling)
        if self.brackets and self.fee:
            raise BadAmount(f"{self.key} cannot have a fee and brackets")

    def takes(self, parcel: Parcel) -> bool:
        """Tell whether it can be chosen for a parcel."""
        place = parcel.place
        return (
            (self.zone is None or place is None or self.zone.holds(place))
            and self.total.holds(parcel.total)
            and self.weight.holds(parcel.weight)
            and self._suits(parcel.categories)
            and (not self.brackets or any(each.takes(parcel) for each in self.brackets))
        )

    def charge(self, parcel: Parcel) -> int:
        """Return the fee for a parcel that it takes."""
        fees = (each.fee for each in self.brackets if each.takes(parcel))
        fee = next(fees, self.fee)
        return (fee * parcel.units if self.per_unit else fee) + self.handling

    def _suits(self, categories: tuple[str, ...]) -> bool:
        if not self.category:
            return True
        same = [each == self.category for each in categories]
        if self.match is Match.NONE:
            return not any(same)
        return all(same) if self.match is Match.EVERY else any(same)


def offered(methods: Iterable[ShippingMethod], parcel: Parcel) -> list[ShippingMethod]:
    """Return the methods that take a parcel, in the order they are shown."""
    return sorted((each for each in methods if each.takes(parcel)), key=lambda each: each.position)


@dataclass(frozen=True)
class ShippingOff:
    """An amount or per cents off the fee; a hundred per cent is free shipping."""

    percent: Decimal | None = None
    fixed: int | None = None
    methods: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        rate("What is off the fee", self.percent, most=ALL)
        whole("What is off the fee", self.fixed)
        if (self.percent is None) is (self.fixed is None):
            raise BadAmount("Either an amount or per cents are off the fee")

    def takes(self, fee: int, policy: Policy) -> int:
        """Return what it takes off a whole fee."""
        if self.percent is None:
            return min(self.fixed or 0, fee)
        return nearest(share(fee, self.percent), 1, policy.rounding)


class Sent(NamedTuple):
    """What a promotion that has applied does to the fee."""

    effect: ShippingOff
    giver: Giver


def discounts(sent: Iterable[Sent], fee: int, method: str, policy: Policy) -> list[Entry]:
    """Take promotions off a fee: per cents are of the whole fee, together never more than it."""
    entries = []
    left = fee
    for effect, giver in sent:
        off = min(effect.takes(fee, policy), left)
        off = off if giver.budget is None else min(off, giver.budget)
        if off and (not effect.methods or method in effect.methods):
            entries.append(Entry(Kind.SHIPPING_DISCOUNT, giver.key, giver.name, SHIPPING, -off))
            left -= off
    return entries
