"""The rules of prices: what is tax in them, what sending costs, how much of something is left.

Prices contain tax, so the tax of a destination changes what the shop keeps and never what the
shopper pays. Each line is rounded once, half up, and totals are sums of rounded lines.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

from commerce.money import Money

from ..interface import Quote, QuoteLine, ShippingOption

STANDARD = "standard"  # the tax class of everything that has no rate of its own
LOW = 5  # units; from here down shoppers are told how many are left

Rates = Mapping[tuple[str, str], Decimal]  # per cent by country and tax class


@dataclass(frozen=True)
class Good:
    """A line with everything its price depends on; `rate` is in per cent."""

    sku: str
    quantity: int
    unit: Money
    rate: Decimal


@dataclass(frozen=True)
class Tariff:
    """What a way of sending costs in one currency, where it goes, and when it is free."""

    code: str
    name: dict[str, str]
    countries: frozenset[str]
    days: tuple[int, ...]
    fee: Money
    free_from: Money | None

    def price(self, subtotal: Money) -> Money:
        """Return the fee for goods worth so much."""
        if self.free_from is None or subtotal < self.free_from:
            return self.fee
        return Money.zero(self.fee.currency)


class Supply(Enum):
    """What a shopper is told about how much is left.

    COMING when the sale has not begun, UNKNOWN when nobody can say just now.
    """

    IN_STOCK = "in-stock"
    LOW = "low"
    SOLD_OUT = "sold-out"
    COMING = "coming"
    UNKNOWN = "unknown"


def quote(goods: Iterable[Good], *, shipping: Money, shipping_rate: Decimal) -> Quote:
    """Add up what a cart costs: `grand` is `subtotal` and `shipping`, `tax` is contained."""
    lines = tuple(line(good) for good in goods)
    nothing = Money.zero(shipping.currency)
    subtotal = sum((each.total for each in lines), nothing)
    tax = sum((each.tax for each in lines), tax_within(shipping, shipping_rate))
    return Quote(lines, subtotal, shipping, tax, subtotal + shipping)


def line(good: Good) -> QuoteLine:
    """Price one line."""
    total = good.unit * good.quantity
    tax = tax_within(total, good.rate)
    return QuoteLine(good.sku, good.quantity, good.unit, total, tax, plain(good.rate))


def tax_within(gross: Money, rate: Decimal) -> Money:
    """Return the part of an amount that is tax at so many per cent, rounded half up."""
    exact = Decimal(gross.minor) * rate / (100 + rate)
    return Money(int(exact.quantize(Decimal(1), ROUND_HALF_UP)), gross.currency)


def plain(rate: Decimal) -> str:
    """Write per cent without needless zeros: "20", "5.5"."""
    return f"{rate.normalize():f}"


def rate_for(rates: Rates, *, tax_class: str, country: str, home: str) -> Decimal:
    """Return the rate of the destination, or the shop's own where the destination has none.

    A class without a rate in a country is taxed as standard there. Selling at the rate of the
    shop's country is right for small sales within the EU (Directive 2006/112/EC, Article 59c).
    """
    places = [(at, each) for at in (country, home) for each in (tax_class, STANDARD)]
    return next((rates[place] for place in places if place in rates), Decimal(0))


def options(
    tariffs: Iterable[Tariff], *, subtotal: Money, country: str
) -> tuple[ShippingOption, ...]:
    """List the ways of sending to a country, cheapest first."""
    served = (tariff for tariff in tariffs if country in tariff.countries)
    offered = (
        ShippingOption(tariff.code, tariff.name, tariff.price(subtotal), tariff.days)
        for tariff in served
    )
    return tuple(sorted(offered, key=lambda option: (option.price.minor, option.code)))


def complete(parts: Iterable[tuple[int, int]]) -> int | None:
    """Count what can be put together from parts, each so many free and so many needed for one.

    None where no part is counted by anybody.
    """
    return min((max(free, 0) // needed for free, needed in parts), default=None)


def supply(free: int | None) -> Supply:
    """Say how things stand when so many units are free; None means nobody counts them."""
    if free is None or free > LOW:
        return Supply.IN_STOCK
    return Supply.LOW if free else Supply.SOLD_OUT
