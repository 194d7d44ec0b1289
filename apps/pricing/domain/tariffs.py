"""Ways of sending as the shop keeps them: a fee in one currency, free from some total on."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from commerce.money import Money

from ..interface import ShippingOption
from .cart import Place
from .shipping import Bracket, Parcel, ShippingMethod, Span
from .taxes import STANDARD
from .zones import Zone


@dataclass(frozen=True)
class Tariff:
    """What a way of sending costs in one currency, where it goes, and when it is free."""

    code: str
    name: dict[str, str]
    countries: frozenset[str]
    days: tuple[int, ...]
    fee: Money
    free_from: Money | None

    @property
    def method(self) -> ShippingMethod:
        """The same as the engine knows it."""
        fees = [Bracket(self.fee.minor)]
        if self.free_from is not None:
            limit = self.free_from.minor
            fees = [
                Bracket(self.fee.minor, total=Span(below=limit)),
                Bracket(0, total=Span(least=limit)),
            ]
        zone = Zone(self.code, self.countries)
        return ShippingMethod(self.code, brackets=tuple(fees), zone=zone, tax_category=STANDARD)

    def price(self, subtotal: Money) -> Money:
        """Return the fee for goods worth so much."""
        return Money(self.method.charge(parcel(subtotal)), self.fee.currency)


def options(
    tariffs: Iterable[Tariff], *, subtotal: Money, country: str
) -> tuple[ShippingOption, ...]:
    """List the ways of sending to a country, cheapest first."""
    sent = parcel(subtotal, Place(country))
    offered = (
        ShippingOption(tariff.code, tariff.name, tariff.price(subtotal), tariff.days)
        for tariff in tariffs
        if tariff.method.takes(sent)
    )
    return tuple(sorted(offered, key=lambda option: (option.price.minor, option.code)))


def parcel(subtotal: Money, place: Place | None = None) -> Parcel:
    """Make a parcel of which only the worth is known, and perhaps the place."""
    return Parcel(place, subtotal.minor, units=1, weight=Decimal(0), categories=())
