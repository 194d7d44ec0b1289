"""Amounts of money in whole minor units, so that nothing is ever rounded by accident."""

import functools
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel.core import get_global
from babel.numbers import format_currency


class MixedCurrencies(ValueError):
    """Two amounts in different currencies cannot be added or compared."""


@functools.cache
def digits(currency: str) -> int:
    """Decimal places of a currency by CLDR: EUR 2, JPY 0, KWD 3."""
    fractions = get_global("currency_fractions")
    return int(fractions.get(currency, fractions["DEFAULT"])[0])


@dataclass(frozen=True)
class Money:
    """So many minor units (cents) of a currency (ISO 4217)."""

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: Decimal | str, currency: str) -> "Money":
        """Read an amount in major units; more decimals than the currency has round half up."""
        scaled = Decimal(amount).scaleb(digits(currency))
        return cls(int(scaled.quantize(Decimal(1), ROUND_HALF_UP)), currency)

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Return nothing at all of a currency."""
        return cls(0, currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, with the currency's decimals: Decimal('12.90')."""
        return Decimal(self.minor).scaleb(-digits(self.currency))

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.minor * times, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise MixedCurrencies(f"{self.currency} and {other.currency}")
        return other

    def to_json(self) -> dict[str, str]:
        """Write the amount as the API does: {"amount": "12.90", "currency": "EUR"}."""
        return {"amount": f"{self.amount:f}", "currency": self.currency}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Money":
        """Read what `to_json` wrote; raises KeyError or ArithmeticError for anything else."""
        return cls.of(Decimal(data["amount"]), data["currency"])

    def format(self, locale: str) -> str:
        """Write the amount for a reader: "€12.90" in English, "12,90 €" in French."""
        return formatted(self, locale)


@functools.lru_cache(maxsize=10_000)
def formatted(money: Money, locale: str) -> str:
    """Write an amount for a reader; the same few thousand are shown again and again."""
    return format_currency(money.amount, money.currency, locale=locale.replace("-", "_"))
