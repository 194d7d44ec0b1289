"""What a cart costs, and why: the answer of the engine."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from .amounts import Currency
from .coupons import Answer
from .explanation import Entry
from .paying import Payment, in_coins
from .rows import Run
from .sheet import Offer
from .shelf import ShelfPrice
from .taxing import Taxed


class QuotedLine(NamedTuple):
    """A line with its prices in steps; `taxed` tells the tax and the totals before discounts."""

    sku: str
    quantity: int
    shelf: ShelfPrice
    unit: int  # price of a unit before cart promotions
    gifts: int  # units that were given for nothing
    discount: int  # all that was taken off the line
    discount_per_unit: int  # the part of it that was taken unit by unit
    runs: tuple[Run, ...]  # units in a row, and what was taken off each of them
    total: int  # after discounts, without added tax
    taxed: Taxed

    @property
    def tax_included(self) -> int:
        """Tax within `total`."""
        return self.taxed.tax if self.taxed.included else 0


class Sending(NamedTuple):
    """What sending costs: the fee, what was taken off it, and the tax on the rest."""

    method: str  # empty before one is known
    fee: int
    discount: int
    taxed: Taxed

    @property
    def total(self) -> int:
        """What is paid for sending, added tax included."""
        return self.fee - self.discount + self.taxed.added


class Charge(NamedTuple):
    """What an extra costs."""

    key: str
    fee: int
    taxed: Taxed


@dataclass(frozen=True)
class Quote:
    """Prices of a cart in steps of its currency; what `entries` add up to is `grand`."""

    currency: Currency
    lines: tuple[QuotedLine, ...]
    sending: Sending | None  # None where nothing needs sending
    offered: tuple[str, ...]  # shipping methods that could be chosen
    extras: tuple[Charge, ...]
    coupons: tuple[Answer, ...]
    entries: tuple[Entry, ...]
    rounding: int  # what made the grand total whole cents
    payments: tuple[Payment, ...]
    cash: bool  # what is left to pay is paid in coins
    offers: tuple[Offer, ...] = ()  # gifts that are not in the cart yet

    @property
    def subtotal(self) -> int:
        """The goods after discounts, without added tax."""
        return sum(line.total for line in self.lines)

    @property
    def discount(self) -> int:
        """What was taken off the goods."""
        return sum(line.discount for line in self.lines)

    @property
    def shipping(self) -> int:
        """What is paid for sending, added tax included."""
        return self.sending.total if self.sending else 0

    @property
    def tax_added(self) -> int:
        """Tax on top of prices and fees."""
        return sum(taxed.added for taxed in self.taxed())

    @property
    def tax_included(self) -> int:
        """Tax within prices and fees."""
        return sum(taxed.tax for taxed in self.taxed() if taxed.included)

    @property
    def grand(self) -> int:
        """What the cart costs."""
        return sum(entry.amount for entry in self.entries)

    @property
    def due(self) -> int:
        """What is left to pay after credits."""
        left = self.grand - sum(payment.amount for payment in self.payments)
        return in_coins(left, self.currency) if self.cash else left

    def taxed(self) -> Iterable[Taxed]:
        """Yield everything that is taxed."""
        yield from (line.taxed for line in self.lines)
        yield from (charge.taxed for charge in self.extras)
        if self.sending:
            yield self.sending.taxed

    def reasons(self) -> tuple[str, ...]:
        """Explain the grand total in sentences."""
        return tuple(entry.sentence(self.currency) for entry in self.entries)
