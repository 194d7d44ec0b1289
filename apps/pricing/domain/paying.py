"""Paying: what gift cards and store credit take over, and what is left in coins."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from .amounts import Currency
from .cart import Credit
from .rounding import nearest


class Payment(NamedTuple):
    """What a gift card or store credit pays."""

    key: str
    amount: int


def payments(total: int, credits_: Iterable[Credit]) -> tuple[Payment, ...]:
    """Use credits up one after the other; none pays more than is left to pay."""
    paid = []
    for credit in credits_:
        if amount := min(credit.balance, total):
            paid.append(Payment(credit.key, amount))
            total -= amount
    return tuple(paid)


def in_coins(due: int, currency: Currency) -> int:
    """Round what is paid in cash to the smallest coin."""
    return nearest(Decimal(due), currency.cash)
