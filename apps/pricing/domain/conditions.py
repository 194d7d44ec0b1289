"""When a promotion applies: every condition is asked of the cart as earlier promotions left it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from .amounts import whole
from .period import Period
from .sheet import Asked


class Condition(Protocol):
    """Something that holds for a cart or does not."""

    def holds(self, sheet: Asked) -> bool:
        """Tell whether it holds."""


@dataclass(frozen=True)
class ItemsTotalAtLeast:
    """The goods cost so much, earlier discounts taken off, added tax not counted."""

    amount: int

    def __post_init__(self) -> None:
        whole("A least total", self.amount)

    def holds(self, sheet: Asked) -> bool:
        return sheet.total >= self.amount


@dataclass(frozen=True)
class QuantityAtLeast:
    """So many units are in the cart."""

    units: int

    def holds(self, sheet: Asked) -> bool:
        return sheet.units >= self.units


@dataclass(frozen=True)
class ContainsProduct:
    """One of these products or SKUs is in the cart, so many units of it."""

    names: frozenset[str]
    units: int = 1

    def holds(self, sheet: Asked) -> bool:
        return self.units <= sum(
            row.quantity
            for row in sheet.rows
            if row.key in self.names or row.good.product in self.names
        )


@dataclass(frozen=True)
class ContainsCategory:
    """Something of one of these categories is in the cart."""

    categories: frozenset[str]

    def holds(self, sheet: Asked) -> bool:
        return any(not self.categories.isdisjoint(row.good.categories) for row in sheet.rows)


@dataclass(frozen=True)
class CategoryTotalAtLeast:
    """The goods of a category cost so much."""

    category: str
    amount: int

    def __post_init__(self) -> None:
        whole("A least total", self.amount)

    def holds(self, sheet: Asked) -> bool:
        meant = (row.now for row in sheet.rows if self.category in row.good.categories)
        return sum(meant) >= self.amount


@dataclass(frozen=True)
class WeightAtLeast:
    """The goods weigh so much, in the unit that weights are given in."""

    weight: Decimal

    def holds(self, sheet: Asked) -> bool:
        return sum(row.good.weight * row.quantity for row in sheet.rows) >= self.weight


@dataclass(frozen=True)
class InGroup:
    """The customer belongs to one of these groups."""

    groups: frozenset[str]

    def holds(self, sheet: Asked) -> bool:
        customer = sheet.cart.customer
        return customer is not None and not self.groups.isdisjoint(customer.groups)


@dataclass(frozen=True)
class IsCustomer:
    """The customer is one of these."""

    keys: frozenset[str]

    def holds(self, sheet: Asked) -> bool:
        customer = sheet.cart.customer
        return customer is not None and customer.key in self.keys


@dataclass(frozen=True)
class NthOrder:
    """It is the customer's order of this number; cancelled ones do not count."""

    number: int

    def holds(self, sheet: Asked) -> bool:
        customer = sheet.cart.customer
        return customer is not None and customer.orders_kept + 1 == self.number


@dataclass(frozen=True)
class OrdersAtLeast:
    """The customer has placed so many orders; cancelled ones do not count."""

    orders: int

    def holds(self, sheet: Asked) -> bool:
        customer = sheet.cart.customer
        return customer is not None and customer.orders_kept >= self.orders


@dataclass(frozen=True)
class SpentAtLeast:
    """The customer has spent so much on earlier orders; cancelled ones do not count."""

    amount: int

    def __post_init__(self) -> None:
        whole("What was spent so far", self.amount)

    def holds(self, sheet: Asked) -> bool:
        customer = sheet.cart.customer
        return customer is not None and customer.spent >= self.amount


@dataclass(frozen=True)
class GoesTo:
    """The goods go to one of these countries."""

    countries: frozenset[str]

    def holds(self, sheet: Asked) -> bool:
        return sheet.cart.place is not None and sheet.cart.place.country in self.countries


@dataclass(frozen=True)
class SentBy:
    """One of these shipping methods is chosen."""

    methods: frozenset[str]

    def holds(self, sheet: Asked) -> bool:
        return sheet.cart.shipping in self.methods


@dataclass(frozen=True)
class InChannel:
    """The cart belongs to one of these channels."""

    channels: frozenset[str]

    def holds(self, sheet: Asked) -> bool:
        return sheet.cart.channel in self.channels


@dataclass(frozen=True)
class During:
    """The moment of pricing lies in a period."""

    period: Period

    def holds(self, sheet: Asked) -> bool:
        return self.period.holds(sheet.cart.now)


@dataclass(frozen=True)
class Applied:
    """Another promotion has applied before."""

    promotion: str

    def holds(self, sheet: Asked) -> bool:
        return self.promotion in sheet.applied


@dataclass(frozen=True)
class Not:
    """A condition does not hold."""

    condition: Condition

    def holds(self, sheet: Asked) -> bool:
        return not self.condition.holds(sheet)


@dataclass(frozen=True)
class AnyOf:
    """One of several conditions holds."""

    conditions: tuple[Condition, ...]

    def holds(self, sheet: Asked) -> bool:
        return any(condition.holds(sheet) for condition in self.conditions)


PAST = (NthOrder, OrdersAtLeast, SpentAtLeast)


def within(condition: Condition) -> tuple[Condition, ...]:
    """Return the conditions that a condition is made of."""
    return (
        (condition.condition,)
        if isinstance(condition, Not)
        else getattr(condition, "conditions", ())
    )


def named(condition: Condition) -> frozenset[str]:
    """Return the promotions that a condition speaks of."""
    if isinstance(condition, Applied):
        return frozenset({condition.promotion})
    return frozenset().union(*map(named, within(condition)))


def asks_past(condition: Condition) -> bool:
    """Tell whether a condition depends on earlier orders."""
    return isinstance(condition, PAST) or any(map(asks_past, within(condition)))


def most_uses(condition: Condition) -> int | None:
    """Tell how many orders of one customer can fulfil a condition; None for any number."""
    match condition:
        case NthOrder():
            return 1
        case Not(OrdersAtLeast(orders)):
            return orders
        case AnyOf(conditions):
            each = [most_uses(one) for one in conditions]
            known = [uses for uses in each if uses is not None]
            return sum(known) if len(known) == len(each) else None
    return None
