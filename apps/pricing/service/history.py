"""What strangers could buy for before a price was reduced, worked out from what changed when."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from apps.pricing.domain.cart import Cart
from apps.pricing.domain.goods import Good
from apps.pricing.domain.history import Step, lowest_before
from apps.pricing.domain.period import Period
from apps.pricing.interface import EVERYBODY
from commerce import clock, postgres
from commerce.money import Money

from . import lists
from .lists import Rate, Rows
from .shelf import Rules, rules, shelved

LOOKED_BACK = timedelta(days=90)  # a reduction may have lasted for a while
CHANGES = """
SELECT sku, at, coalesce(list_id, 0), minor, currency FROM pricing_pricechange
WHERE currency = ANY(%s::text[]) AND sku = ANY(%s::text[]) ORDER BY at, id
"""
FORGET = """
DELETE FROM pricing_pricechange WHERE id IN (
    SELECT old.id FROM pricing_pricechange AS old WHERE old.at < %s AND EXISTS (
        SELECT FROM pricing_pricechange AS later
        WHERE later.sku = old.sku AND later.currency = old.currency AND later.at < %s
            AND later.list_id IS NOT DISTINCT FROM old.list_id
            AND (later.at, later.id) > (old.at, old.id)
    ) LIMIT %s
)
"""
AT_ONCE = 10_000  # rows in one statement


class Change(NamedTuple):
    """That a price on a list was set at a moment, or removed (None)."""

    at: datetime
    list: int
    minor: int | None
    currency: str


def lowest(goods: Mapping[str, Good], currency: str) -> dict[str, Money]:
    """Return the lowest price of the 30 days before each good's present price began, if known."""
    since = clock.now() - LOOKED_BACK
    rates = lists.rates_since(currency, since)
    asked = sorted({currency, *(rate.base for rate in rates)})
    found: dict[str, list[Change]] = defaultdict(list)
    for sku, *change in postgres.ask(CHANGES, asked, postgres.Words(goods)):
        found[sku].append(Change(*change))
    ruling = rules(currency, EVERYBODY, since=since)
    pasts = {sku: Past(goods[sku], each, ruling, rates, currency) for sku, each in found.items()}
    prior = {sku: past.lowest() for sku, past in pasts.items()}
    return {sku: Money(minor, currency) for sku, minor in prior.items() if minor is not None}


@dataclass(frozen=True)
class Past:
    """What a good cost at any moment; promotions count as they are written down today.

    Nothing is kept of converted prices: what they were follows from the prices they were converted
    from and the rates, which are kept anyway.
    """

    good: Good
    changes: Sequence[Change]
    ruling: Rules
    rates: Sequence[Rate]  # the latest first
    currency: str

    def lowest(self) -> int | None:
        """Return the lowest price of the 30 days before the present one began, if known."""
        now = clock.now()
        today = next((rate for rate in self.rates if rate.since <= now), None)
        moments = {change.at for change in self.changes} | {
            end for period in periods(self.ruling) for end in (period.since, period.until) if end
        }
        steps = [
            Step(moment, self.price(moment, today))
            for moment in sorted(moments)
            if self.changes[0].at <= moment <= now
        ]
        return lowest_before(steps, self.cheapest if self.rates else None)

    def cheapest(self, since: datetime, until: datetime) -> int | None:
        """Return the least that was asked between two moments at which only rates changed."""
        prices = (self.price(since, rate) for rate in self.least(since, until))
        return min((price for price in prices if price is not None), default=None)

    def least(self, since: datetime, until: datetime) -> Iterable[Rate | None]:
        """Return the lowest rate between two moments for each currency that was converted."""
        found: dict[str, Rate] = {}
        for rate in self.rates:
            if rate.since < until:
                other = found.get(rate.base)
                found[rate.base] = min(rate, other, key=value) if other else rate
            if rate.since <= since:
                break
        return found.values() or (None,)

    def price(self, moment: datetime, rate: Rate | None) -> int | None:
        """Price the good as it was at a moment, by its own prices or else converted at a rate."""
        standing = {
            (change.currency, change.list): change.minor
            for change in self.changes
            if change.at <= moment
        }
        rows = standing_in(standing, self.currency)
        if rate and not rows:
            rows = standing_in(standing, rate.base)
            rows = tuple(lists.converted(row, rate, self.currency) for row in rows)
        known = {self.good.sku: self.good}
        cart = Cart((), moment)
        told = shelved(known, {self.good.sku: rows}, self.ruling, cart, self.currency)
        return told[self.good.sku].unit.minor if self.good.sku in told else None


def standing_in(standing: Mapping[tuple[str, int], int | None], currency: str) -> Rows:
    """Lay out the prices in a currency as lists are read."""
    return tuple(
        (number, minor, None, 0, 1)
        for (code, number), minor in standing.items()
        if code == currency and minor is not None
    )


def value(rate: Rate) -> Decimal:
    """Order rates by what one unit is worth."""
    return rate.rate


def periods(ruling: Rules) -> Iterable[Period]:
    """List when rules are valid."""
    yield from (each.empty.period for each in ruling.headings)
    yield from (each.period for each in ruling.reductions)


def forget() -> int:
    """Drop what is older than anybody looks back, except what was valid then; counts the rows."""
    before = clock.now() - LOOKED_BACK
    dropped = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(FORGET, [before, before, AT_ONCE])
            gone = int(cursor.rowcount)
            dropped += gone
            if gone < AT_ONCE:
                return dropped
