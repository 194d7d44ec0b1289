"""Rounding: how an exact amount becomes whole cents, and where what is left over goes."""

from collections.abc import Hashable
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from enum import Enum

ONE = Decimal(1)
HAIR = Decimal("0.0001")  # of a cent: a half that division made a trifle smaller still goes up


class Rounding(Enum):
    """What happens to the part of a cent."""

    HALF_UP = "half up"
    HALF_DOWN = "half down"
    HALF_EVEN = "half to the even cent"
    HALF_ODD = "half to the odd cent"
    UP = "up"
    DOWN = "down"


class Per(Enum):
    """What is rounded: every unit, every line, or the sum of all lines."""

    UNIT = "unit"
    LINE = "line"
    TOTAL = "total"

    @property
    def coarser(self) -> "Per":
        """The next sum up, for figures that keep their decimals until they are added."""
        return Per.LINE if self is Per.UNIT else Per.TOTAL


MODES = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_DOWN: ROUND_HALF_DOWN,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.UP: ROUND_UP,
    Rounding.DOWN: ROUND_DOWN,
}


def nearest(exact: Decimal, step: int = 1, rounding: Rounding = Rounding.HALF_UP) -> int:
    """Round to a multiple of a step."""
    parts = exact if step == 1 else exact / step
    if rounding is Rounding.HALF_ODD:
        return (int((parts + 1).to_integral_value(ROUND_HALF_EVEN)) - 1) * step
    return int(parts.to_integral_value(MODES[rounding])) * step


def share(amount: int | Decimal, percent: Decimal) -> Decimal:
    """Return so many per cent of an amount, exactly."""
    return amount * percent / 100


def within(amount: int | Decimal, percent: Decimal) -> Decimal:
    """Return the part of an amount that was added to it at so many per cent."""
    return amount * percent / (100 + percent)


class Meter:
    """Rounds one figure after another; figures of one account hand on what rounding left over."""

    def __init__(self, step: int, rounding: Rounding) -> None:
        self._step, self._rounding = step, rounding
        self._left: dict[Hashable, Decimal] = {}

    def read(self, exact: Decimal, account: Hashable = None) -> int:
        """Round a figure; without an account nothing is handed on."""
        if account is None or not exact:
            return nearest(exact, self._step, self._rounding)
        exact += self._left.get(account, HAIR * self._step)
        rounded = nearest(exact, self._step, self._rounding)
        self._left[account] = exact - rounded
        return rounded
