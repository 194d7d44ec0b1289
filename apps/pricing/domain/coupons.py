"""Coupons: codes that open a promotion, and the answer to somebody who enters one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from .amounts import whole
from .period import ALWAYS, Period


@dataclass(frozen=True)
class Uses:
    """How often a coupon was used in orders, and in how many of these that were cancelled."""

    total: int = 0
    cancelled: int = 0
    customer: int = 0  # by this customer
    customer_cancelled: int = 0

    def __post_init__(self) -> None:
        whole("Uses", self.total, self.cancelled, self.customer, self.customer_cancelled)


@dataclass(frozen=True)
class Coupon:
    """A code with its limits: uses in all and by one customer."""

    code: str
    period: Period = ALWAYS
    limit: int | None = None
    limit_per_customer: int | None = None
    freed_by_cancelling: bool = True

    def __post_init__(self) -> None:
        whole(f"The limit of {self.code}", self.limit, self.limit_per_customer)

    def refusal(self, now: datetime, uses: Uses) -> "Refusal | None":
        """Say why the code opens nothing, or that it does."""
        freed = self.freed_by_cancelling
        total = uses.total - (uses.cancelled if freed else 0)
        customer = uses.customer - (uses.customer_cancelled if freed else 0)
        if not self.period.holds(now):
            return Refusal.NOT_NOW
        if self.limit is not None and total >= self.limit:
            return Refusal.USED_UP
        if self.limit_per_customer is not None and customer >= self.limit_per_customer:
            return Refusal.USED_BY_CUSTOMER
        return None


class Refusal(Enum):
    """Why a coupon gives nothing."""

    UNKNOWN = "There is no such coupon."
    NOT_NOW = "The coupon is not valid today."
    USED_UP = "The coupon has been used as often as it may."
    USED_BY_CUSTOMER = "You have used this coupon as often as you may."
    NOT_FOR_THIS_CART = "The coupon is not meant for what is in the cart."
    REPLACED = "Another coupon took its place."


@dataclass(frozen=True)
class Answer:
    """Whether a code that was entered counts."""

    code: str
    refusal: Refusal | None = None

    @property
    def accepted(self) -> bool:
        """It counts."""
        return self.refusal is None


def entered(codes: tuple[str, ...], at_once: int | None) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return the codes that count and those that later ones replaced."""
    once = tuple(dict.fromkeys(reversed(codes)))[::-1]
    kept = once if at_once is None else once[max(len(once) - at_once, 0) :]
    return kept, frozenset(once) - frozenset(kept)


NO_USES: Mapping[str, Uses] = {}
