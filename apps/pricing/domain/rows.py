"""A line while it is being priced: what discounts have taken off each of its units."""

from decimal import Decimal

from .goods import Good
from .rounding import Rounding, nearest
from .shelf import ShelfPrice

Run = tuple[int, int]  # so many units in a row, and what was taken off each of them


class Row:
    """One good in a cart. All that is taken off is taken off its first units, or off all of them.

    So no unit has lost more than the first, and 9,999 units cost no more work than one: it is
    enough to know what the first has lost, and by how much `more` that is than after so many.
    """

    __slots__ = (
        *("key", "good", "quantity", "shelf", "price", "basis", "base", "most", "gifts"),
        *("rounding", "taken", "taken_per_unit", "more", "deepest"),
    )

    def __init__(self, good: Good, quantity: int, shelf: ShelfPrice, price: int | None) -> None:
        self.key = good.sku
        self.good = good
        self.quantity = quantity
        self.shelf = shelf
        self.gifts = 0  # units that were given for nothing
        self.rounding = 0  # what whole cents for the line added or took
        self.price = shelf.price if price is None else price
        self.basis = self.price  # what a unit is taxed on
        self.measure(self.price)
        self.taken = 0
        self.taken_per_unit = 0  # the part of it that was taken unit by unit
        self.more: dict[int, int] = {}
        self.deepest = 0  # what was taken off the first unit

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

    @property
    def free(self) -> int:
        """How many of its units cost no more than they must."""
        return sum(count for count, taken in self.runs() if taken == self.most)

    def round_to(self, cent: int, rounding: Rounding) -> None:
        """Let the line cost whole cents."""
        exact = self.price * self.quantity
        self.rounding = nearest(Decimal(exact), cent, rounding) - exact

    def runs(self, units: int | None = None) -> list[Run]:
        """Return what was taken off the first so many units, or off all of them."""
        end = self.quantity if units is None else min(units, self.quantity)
        taken, start, found = self.deepest, 0, []
        for reach in sorted(self.more):
            if start < min(reach, end):
                found.append((min(reach, end) - start, taken))
            start = max(start, min(reach, end))
            taken -= self.more[reach]
        if start < end:
            found.append((end - start, taken))
        return found

    def worth(self, units: int) -> int:
        """Return what the first so many units are worth after the discounts so far."""
        if units >= self.quantity:
            return self.left
        return sum(count * (self.base - taken) for count, taken in self.runs(units))

    def room(self, units: int) -> int:
        """Return how much may still be taken off the first so many units."""
        if units >= self.quantity:
            return self.most * self.quantity - self.taken
        return sum(count * (self.most - taken) for count, taken in self.runs(units))

    def take_evenly(self, amount: int, units: int) -> int:
        """Take an amount off the first units, the first of them bear the odd cents."""
        each, odd = divmod(amount, units)
        if self.deepest + each + (odd > 0) <= self.most:
            self._deepen(each, units)
            self._deepen(1, odd)
            return amount
        rest = amount = min(amount, self.room(units))
        while rest:
            full = sum(count for count, taken in self.runs(units) if taken == self.most)
            each, odd = divmod(rest, units - full)
            rest -= self._level(units, each) + self._level(full + odd, 1)
        return amount

    def take_each(self, amount: int, units: int) -> int:
        """Take an amount off each of the first units, as far as there is room."""
        if self.deepest + amount <= self.most:
            self._deepen(amount, units)
            took = amount * units
        else:
            took = self._level(units, amount)
        self.taken_per_unit += took
        return took

    def lower_to(self, price: int, units: int) -> int:
        """Take off each of the first units what it costs more than a price."""
        took = self._level(units, 0, least=self.base - price)
        self.taken_per_unit += took
        return took

    def _deepen(self, amount: int, units: int) -> None:
        """Take an amount off each of the first units; there has to be room."""
        if not amount or not units:
            return
        if units < self.quantity:
            self.more[units] = self.more.get(units, 0) + amount
        self.deepest += amount
        self.taken += amount * units

    def _level(self, units: int, amount: int, least: int = 0) -> int:
        """Let each of the first units lose an amount, and at least so much; never too much."""
        before, runs = self.taken, self.runs()
        self.more, self.deepest, self.taken = {}, 0, 0
        reach = 0
        levels: list[Run] = []
        for count, taken in runs:
            inside = min(count, max(units - reach, 0))
            lost = min(max(taken + amount, least), self.most)
            levels += [(inside, lost), (count - inside, taken)]
            reach += count
        below = 0
        for count, taken in reversed(levels):
            if count:
                self._deepen(taken - below, reach)
                below = taken
                reach -= count
        return self.taken - before
