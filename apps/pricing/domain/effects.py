"""What a promotion does to goods: off the order, off every unit, to a new price."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from .amounts import rate, whole
from .goods import EVERYTHING, Only
from .policy import PercentOf, Policy
from .rounding import nearest, share
from .sheet import Giver, Portion, Sheet

ALL = Decimal(100)


class Effect(Protocol):
    """Something that a promotion does to a cart."""

    def work(self, sheet: Sheet, giver: Giver, policy: Policy) -> Giver:
        """Do it, and return what is left of the giver's budget."""


@dataclass(frozen=True)
class OrderFixed:
    """An amount off the order, spread over its lines; never more than they are worth."""

    amount: int
    only: Only = EVERYTHING

    def __post_init__(self) -> None:
        whole("An amount off the order", self.amount)

    def work(self, sheet: Sheet, giver: Giver, policy: Policy) -> Giver:
        return sheet.spread(self.amount, sheet.portions(self.only, giver), giver)


@dataclass(frozen=True)
class OrderPercent:
    """Per cents off what the order is worth after earlier discounts, spread over its lines."""

    percent: Decimal
    only: Only = EVERYTHING
    most: int | None = None

    def __post_init__(self) -> None:
        rate("What is off the order", self.percent, most=ALL)
        whole("The most that is off the order", self.most)

    def work(self, sheet: Sheet, giver: Giver, policy: Policy) -> Giver:
        over = sheet.portions(self.only, giver)
        worth = sum(portion.worth for portion in over)
        amount = nearest(share(worth, self.percent), 1, policy.rounding)
        return sheet.spread(amount if self.most is None else min(amount, self.most), over, giver)


@dataclass(frozen=True)
class UnitFixed:
    """An amount off every unit."""

    amount: int
    only: Only = EVERYTHING

    def __post_init__(self) -> None:
        whole("An amount off a unit", self.amount)

    def work(self, sheet: Sheet, giver: Giver, policy: Policy) -> Giver:
        over = sheet.portions(self.only, giver)
        return sheet.take(((portion, self.amount) for portion in over), giver)


@dataclass(frozen=True)
class UnitPercent:
    """Per cents off every unit."""

    percent: Decimal
    only: Only = EVERYTHING

    def __post_init__(self) -> None:
        rate("What is off a unit", self.percent, most=ALL)

    def work(self, sheet: Sheet, giver: Giver, policy: Policy) -> Giver:
        return percent_off(sheet.portions(self.only, giver), self.percent, sheet, giver, policy)


@dataclass(frozen=True)
class NewPrice:
    """A unit costs no more than this."""

    price: int
    only: Only = EVERYTHING

    def __post_init__(self) -> None:
        whole("A new price", self.price)

    def work(self, sheet: Sheet, giver: Giver, policy: Policy) -> Giver:
        for portion in sheet.portions(self.only, giver):
            giver = sheet.lower(portion, self.price, giver)
        return giver


def percent_off(
    over: list[Portion], percent: Decimal, sheet: Sheet, giver: Giver, policy: Policy
) -> Giver:
    """Take per cents off units, of what the policy says they are taken of."""
    if policy.percent_of is PercentOf.PRICE:
        prices = [(portion, share(portion.row.base, percent)) for portion in over]
        each = [(portion, nearest(off, 1, policy.rounding)) for portion, off in prices]
        return sheet.take(each, giver)
    for portion in over:
        off = nearest(share(portion.worth, percent), 1, policy.rounding)
        before = portion.row.taken
        giver = sheet.spread(off, [portion], giver)
        portion.row.taken_per_unit += portion.row.taken - before
    return giver
