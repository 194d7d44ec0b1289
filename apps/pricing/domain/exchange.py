"""Exchange: what an amount is in a currency that prices are only shown in."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .amounts import BadAmount, Currency
from .rounding import nearest


class NoExchange(ValueError):
    """There is no rate between two currencies."""


@dataclass(frozen=True)
class Exchange:
    """So many units of one currency for one unit of another, pinned."""

    source: str
    target: str
    rate: Decimal

    def __post_init__(self) -> None:
        if not self.rate.is_finite() or self.rate <= 0:
            raise BadAmount(f"{self.rate} is no rate between {self.source} and {self.target}")


def convert(steps: int, source: Currency, target: Currency, rates: Iterable[Exchange]) -> int:
    """Tell an amount in another currency; a rate serves in both directions."""
    if source == target:
        return steps
    factor = rate_between(source.code, target.code, rates)
    return nearest(source.amount(steps) * factor / target.amount(1))


def rate_between(source: str, target: str, rates: Iterable[Exchange]) -> Decimal:
    """Find the rate between two currencies."""
    for each in rates:
        if (each.source, each.target) == (source, target):
            return each.rate
        if (each.target, each.source) == (source, target):
            return 1 / each.rate
    raise NoExchange(f"{source} to {target}")
