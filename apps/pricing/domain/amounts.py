"""What counts as an amount: whole steps of a currency, never negative, and finite per cents."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from babel.core import get_global

from commerce.money import digits


class BadAmount(ValueError):
    """A price, fee or rate that cannot be one: negative, not a number, or finer than counted."""


class UnknownCurrency(ValueError):
    """No currency goes by this code (ISO 4217)."""


def whole(what: str, *amounts: int | None) -> None:
    """Refuse what is no whole number of steps from zero up; None says there is no such amount."""
    for amount in amounts:
        if amount is not None and (type(amount) is not int or amount < 0):
            raise BadAmount(f"{what} cannot be {amount}")


def rate(what: str, percent: Decimal | None, *, most: Decimal | None = None) -> None:
    """Refuse what is no per cent from zero up to a limit."""
    if percent is None:
        return
    if not isinstance(percent, Decimal) or not percent.is_finite() or percent < 0:
        raise BadAmount(f"{what} cannot be {percent} per cent")
    if most is not None and percent > most:
        raise BadAmount(f"{what} cannot be more than {most} per cent")


@dataclass(frozen=True)
class Currency:
    """A currency and the step it is counted in: its smallest unit, or so many digits finer."""

    code: str
    finer: int = 0  # digits below the smallest unit

    def __post_init__(self) -> None:
        if self.code not in get_global("all_currencies"):
            raise UnknownCurrency(self.code)
        whole("The digits below the smallest unit", self.finer)

    @property
    def cent(self) -> int:
        """Steps in the smallest unit of the currency."""
        return int(10**self.finer)

    @property
    def cash(self) -> int:
        """Steps in the smallest coin, as CLDR has it: 5 cents for Swiss francs."""
        fractions = get_global("currency_fractions")
        _, _, cash_digits, rounding = fractions.get(self.code, fractions["DEFAULT"])
        return int(max(rounding, 1) * 10 ** (digits(self.code) - cash_digits)) * self.cent

    def steps(self, amount: str | int | Decimal) -> int:
        """Read an amount in whole units, as in "12.90"."""
        try:
            exact = Decimal(amount)
            counted = exact.scaleb(digits(self.code) + self.finer)
            if not exact.is_finite() or exact < 0 or counted != int(counted):
                raise BadAmount(f"{amount} is no amount of {self.code}")
        except InvalidOperation as problem:
            raise BadAmount(f"{amount} is no amount of {self.code}") from problem
        return int(counted)

    def amount(self, steps: int) -> Decimal:
        """Tell steps in whole units: Decimal("12.90")."""
        return Decimal(steps).scaleb(-digits(self.code) - self.finer)

    def words(self, steps: int) -> str:
        """Write an amount for a merchant: "12.90 EUR"."""
        return f"{self.amount(steps):f} {self.code}"
