"""What a promotion does when certain goods are bought together: free units, bundles, gifts."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .amounts import BadAmount, rate, whole
from .effects import ALL, percent_off
from .goods import EVERYTHING, Only
from .policy import Policy
from .sheet import Giver, Offer, Portion, Sheet


@dataclass(frozen=True)
class BuyGet:
    """Who buys so many units gets so many more for less: the cheapest of those that are meant.

    Of the same goods, 2 and 1 means that the cheapest of every 3 is free. `get_only` gives units
    of other goods, as far as they are in the cart.
    """

    buy: int
    get: int = 1
    percent: Decimal = ALL
    only: Only = EVERYTHING
    get_only: Only | None = None
    times: int | None = None  # at most

    def __post_init__(self) -> None:
        if self.buy < 1 or self.get < 1:
            raise BadAmount("Something must be bought, and something given")
        rate("What is off a unit", self.percent, most=ALL)
        whole("How often it is given", self.times)

    def work(self, sheet: Sheet, giver: Giver, policy: Policy) -> Giver:
        bought = sheet.portions(self.only, giver)
        given = bought if self.get_only is None else sheet.portions(self.get_only, giver)
        step = self.buy + self.get if self.get_only is None else self.buy
        times = sum(portion.units for portion in bought) // step
        times = times if self.times is None else min(times, self.times)
        cheapest = sorted(given, key=lambda portion: (portion.row.base, portion.row.key))
        return percent_off(pick(cheapest, times * self.get), self.percent, sheet, giver, policy)


@dataclass(frozen=True)
class Part:
    """So many units of what a bundle needs."""

    only: Only
    units: int = 1

    def __post_init__(self) -> None:
        if self.units < 1:
            raise BadAmount("A part of a bundle needs a unit")


@dataclass(frozen=True)
class Bundle:
    """Different goods bought together cost a fixed price, or per cents less; the dearest first."""

    parts: tuple[Part, ...]
    price: int | None = None
    percent: Decimal | None = None

    def __post_init__(self) -> None:
        whole("The price of a bundle", self.price)
        rate("What is off a bundle", self.percent, most=ALL)
        if not self.parts or (self.price is None) is (self.percent is None):
            raise BadAmount("A bundle needs parts, and either a price or per cents")

    def work(self, sheet: Sheet, giver: Giver, policy: Policy) -> Giver:
        times = min(self._units(sheet, giver, part) // part.units for part in self.parts)
        while times and (chosen := self._choose(sheet, giver, times)) is None:
            times -= 1
        if not times or chosen is None:
            return giver
        if self.percent is not None:
            return percent_off(chosen, self.percent, sheet, giver, policy)
        worth = sum(portion.worth for portion in chosen)
        return sheet.spread(max(worth - (self.price or 0) * times, 0), chosen, giver)

    def _units(self, sheet: Sheet, giver: Giver, part: Part) -> int:
        return sum(portion.units for portion in sheet.portions(part.only, giver))

    def _choose(self, sheet: Sheet, giver: Giver, times: int) -> list[Portion] | None:
        used: dict[str, Portion] = {}
        for part in self.parts:
            need = part.units * times
            meant = sheet.portions(part.only, giver)
            for row, units in sorted(meant, key=lambda each: (-each.row.base, each.row.key)):
                before = used[row.key].units if row.key in used else 0
                more = min(need, units - before)
                if more:
                    used[row.key] = Portion(row, before + more)
                    need -= more
            if need:
                return None
        return list(used.values())


@dataclass(frozen=True)
class Gift:
    """Units of a good that cost nothing; those that are not in the cart yet are offered."""

    sku: str
    units: int = 1

    def __post_init__(self) -> None:
        if self.units < 1:
            raise BadAmount(f"No unit of {self.sku} is no gift")

    def work(self, sheet: Sheet, giver: Giver, policy: Policy) -> Giver:
        there = next((row for row in sheet.rows if row.key == self.sku), None)
        here = 0 if there is None else min(self.units, there.quantity - there.gifts)
        if here < self.units and giver.budget != 0:
            sheet.offers.append(Offer(giver.key, giver.name, self.sku, self.units - here))
        if there is None or there.free == there.quantity:
            return giver
        return sheet.give(there, min(here, there.quantity - there.free), giver)


def pick(portions: Iterable[Portion], units: int) -> list[Portion]:
    """Return the first so many units."""
    picked = []
    for row, there in portions:
        if units > 0:
            picked.append(Portion(row, min(there, units)))
            units -= there
    return picked
