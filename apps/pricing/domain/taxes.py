"""Tax rates: which apply to a category of goods at a place, and how they add up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from .amounts import rate
from .cart import Place
from .period import ALWAYS, Period
from .zones import Zone

STANDARD = "standard"  # the category of everything that has no rate of its own
NOTHING = Decimal(0)
Rates = Mapping[tuple[str, str], Decimal]  # per cent by country and category


@dataclass(frozen=True)
class TaxRate:
    """So many per cent on some categories of goods in a zone.

    Rates of one layer are added together. Higher layers tax the amount with the tax of the lower
    ones, unless they are `on_untaxed`.
    """

    key: str
    percent: Decimal
    categories: frozenset[str]
    zone: Zone
    name: str = ""
    included: bool = False  # prices contain it
    layer: int = 0
    on_untaxed: bool = False
    keeps_decimals: bool = False  # until they are added up on the next level
    period: Period = ALWAYS

    def __post_init__(self) -> None:
        rate(f"The tax {self.key}", self.percent)

    def applies(self, category: str, place: Place, now: datetime) -> bool:
        """Tell whether goods of a category are taxed so."""
        return (
            bool(category)
            and category in self.categories
            and self.period.holds(now)
            and self.zone.holds(place)
        )


class Layer(NamedTuple):
    """Rates that are added together; `percent` is of the untaxed amount."""

    key: str
    percent: Decimal
    rates: tuple[TaxRate, ...]

    @property
    def name(self) -> str:
        """What merchants call its rates together."""
        return ", ".join(each.name or each.key for each in self.rates)

    @property
    def keeps_decimals(self) -> bool:
        """One of its rates is rounded only when it is added up."""
        return any(each.keeps_decimals for each in self.rates)


class Levy(NamedTuple):
    """All tax on a category of goods at a place."""

    percent: Decimal
    layers: tuple[Layer, ...]
    included: bool  # in prices, by what the rates say


UNTAXED = Levy(NOTHING, (), False)


def levy(rates: Iterable[TaxRate], category: str, place: Place | None, now: datetime) -> Levy:
    """Put together what is due on a category of goods; nothing where no place is known."""
    if place is None:
        return UNTAXED
    due = [each for each in rates if each.applies(category, place, now)]
    if not due:
        return UNTAXED
    layers: list[Layer] = []
    total = NOTHING
    for _, group in groupby(sorted(due, key=lambda each: each.layer), lambda each: each.layer):
        together = tuple(group)
        percent = sum((each.percent for each in together), NOTHING)
        if not any(each.on_untaxed for each in together):
            percent = percent * (100 + total) / 100
        layers.append(Layer("+".join(each.key for each in together), percent, together))
        total += percent
    return Levy(total, tuple(layers), due[0].included)


def rate_for(rates: Rates, *, tax_class: str, country: str, home: str) -> Decimal:
    """Return the rate of the destination, or the shop's own where the destination has none.

    A class without a rate in a country is taxed as standard there. Selling at the rate of the
    shop's country is right for small sales within the EU (Directive 2006/112/EC, Article 59c).
    """
    places = [(at, each) for at in (country, home) for each in (tax_class, STANDARD)]
    return next((rates[place] for place in places if place in rates), NOTHING)


def plain(rate: Decimal) -> str:
    """Write per cent without needless zeros: "20", "5.5"."""
    return f"{rate.normalize():f}"
