"""A line while it is being priced: what discounts have taken off each of its units."""

from collections.abc import Iterator
from decimal import Decimal

from .goods import Good
from .rounding import Rounding, nearest
from .shelf import ShelfPrice

Run = tuple[int, int]  # so many units in a row, and what was taken off each of them


class Row:
    """One good in a cart. Units are kept as runs, so that 9,999 of them cost no more than one."""

    __slots__ = (
        *("key", "good", "quantity", "shelf", "price", "base", "most", "runs", "taken"),
        *("taken_per_unit", "gift", "basis", "rounding"),
    )

    def __init__(self, good: Good, quantity: int, shelf: ShelfPrice, price: int | None) -> None:
        self.key = good.sku
        self.good = good
        self.quantity = quantity
        self.shelf = shelf
        self.gift = False
        self.rounding = 0  # what whole cents for the line added or took
        self.price = shelf.price if price is None else price
        self.basis = self.price  # what a unit is taxed on
        self.measure(self.price)
        self.taken = 0
        self.taken_per_unit = 0  # the part of it that was taken unit by unit
        self.runs: list[Run] = [(quantity, 0)]

    def measure(self, base: int) -> None:
        """Set the price of a unit that discounts are taken of, and the most they may take."""
        self.base = base
        self.most = max(min(base, self.price) - self.shelf.minimum, 0)

    @property
    def left(self) -> int:
        """What the line is worth after the discounts so far."""
        return self.base * self.quantity + self.rounding - self.taken

    @property
    def now(self) -> int:
        """What the line costs after the discounts so far, as prices were entered."""
        return self.price * self.quantity + self.rounding - self.taken

    def round_to(self, cent: int, rounding: Rounding) -> None:
        """Let the line cost whole cents."""
        exact = self.price * self.quantity
        self.rounding = nearest(Decimal(exact), cent, rounding) - exact

    def first(self, units: int) -> Iterator[Run]:
        """Return the runs that the first so many units make up."""
        for count, taken in self.runs:
            if units <= 0:
                return
            yield min(count, units), taken
            units -= count

    def worth(self, units: int) -> int:
        """Return what the first so many units are worth after the discounts so far."""
        if units >= self.quantity:
            return self.left
        return sum(count * (self.base - taken) for count, taken in self.first(units))

    def room(self, units: int) -> int:
        """Return how much may still be taken off the first so many units."""
        return sum(count * max(self.most - taken, 0) for count, taken in self.first(units))

    def take_evenly(self, amount: int, units: int) -> int:
        """Take an amount off the first units, the first of them bear the odd cents."""
        rest = amount
        while rest and units:
            each, odd = divmod(rest, units)
            took = self._cut(each + 1, odd) + self._cut(each, units, skip=odd)
            if not took:
                break
            rest -= took
        return amount - rest

    def take_each(self, amount: int, units: int) -> int:
        """Take an amount off each of the first units, as far as there is room."""
        took = self._cut(amount, units)
        self.taken_per_unit += took
        return took

    def lower_to(self, price: int, units: int) -> int:
        """Take off each of the first units what it costs more than a price."""
        took = passed = 0
        for count, taken in list(self.first(units)):
            took += self._cut(self.base - taken - price, passed + count, skip=passed)
            passed += count
        self.taken_per_unit += took
        return took

    def _cut(self, amount: int, units: int, skip: int = 0) -> int:
        if amount <= 0 or units <= skip:
            return 0
        runs: list[Run] = []
        took = passed = 0
        for count, taken in self.runs:
            for part, inside in parts(count, skip - passed, units - passed):
                cut = min(amount, max(self.most - taken, 0)) if inside else 0
                took += part * cut
                if runs and runs[-1][1] == taken + cut:
                    runs[-1] = (runs[-1][0] + part, taken + cut)
                else:
                    runs.append((part, taken + cut))
            passed += count
        self.runs = runs
        self.taken += took
        return took


def parts(count: int, start: int, end: int) -> Iterator[tuple[int, bool]]:
    """Split a run into what lies before, between and after two places."""
    start, end = min(max(start, 0), count), min(max(end, 0), count)
    for size, inside in ((start, False), (end - start, True), (count - end, False)):
        if size > 0:
            yield size, inside
