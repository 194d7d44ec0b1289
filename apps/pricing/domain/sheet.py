"""A cart while promotions work on it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from .cart import Cart
from .explanation import Entry, Kind
from .goods import Good, Only
from .rows import Row
from .spreading import spread_within


class Portion(NamedTuple):
    """The first so many units of a line that are no gifts."""

    row: Row
    units: int

    @property
    def reach(self) -> int:
        """How many units there are up to the last of them: gifts come first."""
        return self.row.gifts + self.units

    @property
    def worth(self) -> int:
        """What they are worth after the discounts so far."""
        return self.row.worth(self.reach)


class Giver(NamedTuple):
    """The promotion at work, and how much it may still give (None: as much as it likes)."""

    key: str
    name: str
    on_reduced: bool
    budget: int | None


class Offer(NamedTuple):
    """Units of a good that a promotion makes free once they are in the cart."""

    key: str  # the promotion's
    name: str
    sku: str
    units: int


class Counted(Protocol):
    """A line as conditions see it."""

    @property
    def key(self) -> str:
        """Its SKU."""

    @property
    def good(self) -> Good:
        """What it is about."""

    @property
    def quantity(self) -> int:
        """How many units it has."""

    @property
    def now(self) -> int:
        """What it costs after the discounts so far."""


class Asked(Protocol):
    """A cart as conditions see it: all of it, or without what a promotion itself gives away."""

    @property
    def cart(self) -> Cart:
        """The cart as it was told."""

    @property
    def rows(self) -> Sequence[Counted]:
        """Its lines."""

    @property
    def total(self) -> int:
        """What they cost after the discounts so far, without added tax."""

    @property
    def units(self) -> int:
        """How many units are in it."""

    @property
    def applied(self) -> set[str]:
        """The promotions that have applied."""


class Rest(NamedTuple):
    """What is left of a line when units are set aside."""

    key: str
    good: Good
    quantity: int
    now: int


class SetAside(NamedTuple):
    """A cart without some units of some goods."""

    cart: Cart
    rows: tuple[Rest, ...]
    applied: set[str]

    @property
    def total(self) -> int:
        """What is left costs so much."""
        return sum(row.now for row in self.rows)

    @property
    def units(self) -> int:
        """So many units are left."""
        return sum(row.quantity for row in self.rows)


class Sheet:
    """The lines of a cart, who took what off them, and which promotions have applied."""

    def __init__(self, cart: Cart, rows: list[Row]) -> None:
        self.cart = cart
        self.rows = rows
        self.entries: list[Entry] = []
        self.applied: set[str] = set()
        self.total = sum(row.now for row in rows)  # after the discounts so far, without added tax
        self.units = sum(row.quantity for row in rows)
        self.offers: list[Offer] = []

    def without(self, aside: Mapping[str, int]) -> SetAside:
        """Return the cart as if it lacked these units; goods that are all aside are not in it."""
        rest = []
        for row in self.rows:
            units = min(aside.get(row.key, 0), row.quantity)
            if units < row.quantity:
                now = row.now - (row.worth(units) if units else 0)
                rest.append(Rest(row.key, row.good, row.quantity - units, now))
        return SetAside(self.cart, tuple(rest), self.applied)

    def portions(self, only: Only, giver: Giver) -> list[Portion]:
        """Return what a promotion means: lines, or one unit of the cheapest of them."""
        rows = [
            row
            for row in self.rows
            if row.gifts < row.quantity
            and only.picks(row.good, row.price)
            and (giver.on_reduced or not row.shelf.reductions)
        ]
        if only.cheapest_unit and rows:
            return [Portion(min(rows, key=lambda row: (row.base, row.key)), 1)]
        return [Portion(row, row.quantity - row.gifts) for row in rows]

    def spread(self, amount: int, over: list[Portion], giver: Giver) -> Giver:
        """Take an amount off, shared out in proportion to what is left of each."""
        worth = [portion.worth for portion in over]
        room = [portion.row.room(portion.reach) for portion in over]
        amount = amount if giver.budget is None else min(amount, giver.budget)
        for portion, part in zip(over, spread_within(amount, worth, room), strict=True):
            giver = self.note(portion, portion.row.take_evenly(part, portion.reach), giver)
        return giver

    def take(self, amounts: Iterable[tuple[Portion, int]], giver: Giver) -> Giver:
        """Take an amount off each unit of each portion."""
        for portion, amount in amounts:
            row, reach = portion.row, portion.reach
            if giver.budget is None or amount * portion.units <= giver.budget:
                took = row.take_each(amount, reach)
            else:
                took = row.take_evenly(min(giver.budget, row.room(reach)), reach)
                row.taken_per_unit += took
            giver = self.note(portion, took, giver)
        return giver

    def lower(self, portion: Portion, price: int, giver: Giver) -> Giver:
        """Take off what units cost more than a price."""
        row, reach = portion.row, portion.reach
        over = sum(count * max(row.base - taken - price, 0) for count, taken in row.runs(reach))
        if giver.budget is not None and over > giver.budget:
            return self.note(portion, row.take_evenly(giver.budget, reach), giver)
        return self.note(portion, row.lower_to(price, reach), giver)

    def note(self, portion: Portion, took: int, giver: Giver, kind: Kind = Kind.DISCOUNT) -> Giver:
        """Write down what was taken, and count it against the budget."""
        if not took:
            return giver
        entry = Entry(kind, giver.key, giver.name, portion.row.key, -took)
        self.entries.append(entry)
        self.total -= took
        return giver if giver.budget is None else giver._replace(budget=giver.budget - took)

    def give(self, row: Row, units: int, giver: Giver) -> Giver:
        """Let more units of a line cost nothing: all of them, or none if the budget is short."""
        reach = row.free + units
        if giver.budget is not None and row.room(reach) > giver.budget:
            return giver
        row.gifts += units
        return self.note(Portion(row, units), row.take_each(row.base, reach), giver, Kind.GIFT)
