"""A cart while promotions work on it."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from .cart import Cart
from .explanation import Entry, Kind
from .goods import Only
from .rows import Row
from .spreading import spread_within


class Portion(NamedTuple):
    """The first so many units of a line."""

    row: Row
    units: int

    @property
    def worth(self) -> int:
        """What they are worth after the discounts so far."""
        return self.row.worth(self.units)


class Giver(NamedTuple):
    """The promotion at work, and how much it may still give (None: as much as it likes)."""

    key: str
    name: str
    on_reduced: bool
    budget: int | None


class Sheet:
    """The lines of a cart, who took what off them, and which promotions have applied."""

    def __init__(self, cart: Cart, rows: list[Row], shelve: Callable[[str, int], Row]) -> None:
        self.cart = cart
        self.rows = rows
        self.entries: list[Entry] = []
        self.applied: set[str] = set()
        self.total = sum(row.now for row in rows)  # after the discounts so far, without added tax
        self.units = sum(row.quantity for row in rows)
        self._shelve = shelve

    def portions(self, only: Only, giver: Giver) -> list[Portion]:
        """Return what a promotion means: lines, or one unit of the cheapest of them."""
        rows = [
            row
            for row in self.rows
            if not row.gift
            and only.picks(row.good, row.price)
            and (giver.on_reduced or not row.shelf.reductions)
        ]
        if only.cheapest_unit and rows:
            return [Portion(min(rows, key=lambda row: (row.base, row.key)), 1)]
        return [Portion(row, row.quantity) for row in rows]

    def spread(self, amount: int, over: list[Portion], giver: Giver) -> Giver:
        """Take an amount off, shared out in proportion to what is left of each."""
        worth = [portion.worth for portion in over]
        room = [portion.row.room(portion.units) for portion in over]
        amount = amount if giver.budget is None else min(amount, giver.budget)
        for portion, part in zip(over, spread_within(amount, worth, room), strict=True):
            giver = self.note(portion, portion.row.take_evenly(part, portion.units), giver)
        return giver

    def take(self, amounts: Iterable[tuple[Portion, int]], giver: Giver) -> Giver:
        """Take an amount off each unit of each portion."""
        for portion, amount in amounts:
            row, units = portion
            if giver.budget is None or amount * units <= giver.budget:
                took = row.take_each(amount, units)
            else:
                took = row.take_evenly(min(giver.budget, row.room(units)), units)
                row.taken_per_unit += took
            giver = self.note(portion, took, giver)
        return giver

    def lower(self, portion: Portion, price: int, giver: Giver) -> Giver:
        """Take off what units cost more than a price."""
        row, units = portion
        over = sum(count * max(row.base - taken - price, 0) for count, taken in row.runs(units))
        if giver.budget is not None and over > giver.budget:
            return self.note(portion, row.take_evenly(giver.budget, units), giver)
        return self.note(portion, row.lower_to(price, units), giver)

    def note(self, portion: Portion, took: int, giver: Giver) -> Giver:
        """Write down what was taken, and count it against the budget."""
        if not took:
            return giver
        entry = Entry(Kind.DISCOUNT, giver.key, giver.name, portion.row.key, -took)
        self.entries.append(entry)
        self.total -= took
        return giver if giver.budget is None else giver._replace(budget=giver.budget - took)

    def give(self, sku: str, units: int, giver: Giver) -> Giver:
        """Add units for nothing, as far as the budget goes."""
        row = self._shelve(sku, units)
        row.gift, row.rounding, row.base, row.most = True, 0, row.price, row.price
        worth = row.price * units
        if giver.budget is not None and worth > giver.budget:
            return giver
        self.rows.append(row)
        self.total += worth
        self.units += units
        self.entries.append(Entry(Kind.GIFT, giver.key, giver.name, row.key, worth))
        return self.note(Portion(row, units), row.take_each(row.base, units), giver)
