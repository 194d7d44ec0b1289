"""Price lists: read for a page or a cart, written in one statement, told of where they shrink."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from django.db import connection, transaction

from apps.pricing.domain.lists import ListPrice, PriceList
from apps.pricing.domain.period import Period
from apps.pricing.events import PricesRemoved
from apps.pricing.interface import Audience, Price, UnknownPriceList
from commerce import clock, postgres
from commerce.events import publish
from commerce.fleeting import Fleeting
from commerce.money import digits

STANDARD = ""
NAME = "The price list"
LAST = -(2**63)  # priority: any list for everybody goes before the standard one
LISTS = """
SELECT id, code, name, channels, groups, customers, since, until, priority
FROM pricing_pricelist
WHERE active AND coalesce(until > %s::timestamptz, true)
    AND (channels = '{}' OR %s = ANY(channels))
    AND (groups = '{}' OR groups && %s::varchar[])
    AND (customers = '{}' OR %s = ANY(customers))
"""
PRICES = """
SELECT sku, coalesce(list_id, 0), minor, before_minor, coalesce(minimum_minor, 0), from_quantity
FROM pricing_price
WHERE currency = %s AND sku = ANY(%s::text[]) AND (list_id IS NULL OR list_id = ANY(%s::bigint[]))
"""
RATES = """
SELECT base, rate, since FROM pricing_exchangerate WHERE currency = %s ORDER BY since DESC LIMIT 100
"""
RATES_SINCE = """
SELECT base, rate, since FROM pricing_exchangerate
WHERE currency = %s AND since >= (
    SELECT coalesce(max(since), '-infinity') FROM pricing_exchangerate
    WHERE currency = %s AND since <= %s
) ORDER BY since DESC
"""
CODES = "SELECT code, id FROM pricing_pricelist WHERE code = ANY(%s)"
WRITE = """
INSERT INTO pricing_price AS kept
    (sku, currency, list_id, from_quantity, minor, before_minor, minimum_minor)
SELECT * FROM unnest(
    %s::text[], %s::text[], %s::bigint[], %s::integer[], %s::bigint[], %s::bigint[], %s::bigint[]
) AS wish (sku, currency, list_id, from_quantity, minor, before_minor, minimum_minor)
WHERE NOT coalesce((
    SELECT (so.minor, so.before_minor, so.minimum_minor)
        IS NOT DISTINCT FROM (wish.minor, wish.before_minor, wish.minimum_minor)
    FROM pricing_price AS so
    WHERE so.sku = wish.sku AND so.currency = wish.currency
        AND so.list_id IS NOT DISTINCT FROM wish.list_id AND so.from_quantity = wish.from_quantity
), false)
ON CONFLICT (sku, currency, list_id, from_quantity) DO UPDATE
SET minor = excluded.minor, before_minor = excluded.before_minor,
    minimum_minor = excluded.minimum_minor
WHERE (kept.minor, kept.before_minor, kept.minimum_minor)
    IS DISTINCT FROM (excluded.minor, excluded.before_minor, excluded.minimum_minor)
"""
REMOVE = "DELETE FROM pricing_price WHERE id = ANY(%s) RETURNING sku"
AT_ONCE = 500  # SKUs in one fact
Rows = tuple[tuple[Any, ...], ...]


class Rate(NamedTuple):
    """What one unit of a currency is worth in another one, from a moment on."""

    base: str
    rate: Decimal
    since: datetime


PINNED: Fleeting[str, tuple[Rate, ...]] = Fleeting(0.5)


class Heading(NamedTuple):
    """A list without its prices, and the number they know it by."""

    number: int
    empty: PriceList

    def filled(
        self, prices: Mapping[str, tuple[ListPrice, ...]], rate: Rate | None = None
    ) -> PriceList:
        """Return the list with some prices, perhaps converted."""
        empty, key, name = self.empty, self.empty.key, self.empty.name
        if rate:
            key, name = f"{key}@{rate.base}", f"{name}, 1 {rate.base} at {rate.rate.normalize():f}"
        return PriceList(
            key=key,
            prices=prices,
            name=name,
            channels=empty.channels,
            groups=empty.groups,
            customers=empty.customers,
            period=empty.period,
            priority=empty.priority,
        )


EVERYTHING = Heading(0, PriceList(STANDARD, {}, name=NAME, priority=LAST))


def open_to(audience: Audience, since: datetime | None = None) -> tuple[Heading, ...]:
    """Return the lists made for somebody, from a moment on (or now), the standard one too."""
    asked = (since or clock.now(), audience.channel, list(audience.groups), audience.customer)
    return (EVERYTHING, *(heading(*row) for row in postgres.ask(LISTS, *asked)))


def heading(number: int, code: str, name: str, *rest: Any) -> Heading:
    """Make a heading of a row."""
    channels, groups, customers, since, until, priority = rest
    empty = PriceList(
        key=code,
        prices={},
        name=name,
        channels=frozenset(channels),
        groups=frozenset(groups),
        customers=frozenset(map(str, customers)),
        period=Period(since, until),
        priority=priority,
    )
    return Heading(number, empty)


def rate_now(currency: str) -> Rate | None:
    """Return the rate at which prices are converted into a currency, if there is one."""
    known, now = PINNED.entries(), clock.now()
    if currency not in known:
        known[currency] = tuple(Rate(*row) for row in postgres.ask(RATES, currency))
    return next((rate for rate in known[currency] if rate.since <= now), None)


def rates_since(currency: str, moment: datetime) -> tuple[Rate, ...]:
    """Return the rates for a currency from a moment on, with the one of then, the latest first."""
    return tuple(Rate(*row) for row in postgres.ask(RATES_SINCE, currency, currency, moment))


def read(skus: Iterable[str], currency: str, headings: Sequence[Heading]) -> dict[str, Rows]:
    """Return what some lists say of some SKUs, in a form that can be compared.

    What has no price in the currency is converted, if there is a rate: each amount by itself.
    """
    asked = tuple(dict.fromkeys(skus))
    found = told(asked, currency, headings)
    missing = [sku for sku in asked if sku not in found]
    if missing and (rate := rate_now(currency)):
        for sku, rows in told(missing, rate.base, headings).items():
            found[sku] = tuple([converted(row, rate, currency) for row in rows])
    return found


def converted(row: tuple[Any, ...], rate: Rate, currency: str) -> tuple[Any, ...]:
    """Convert the amounts of a row, half a cent up; it tells the rate beside the list."""
    number, *amounts, units = row
    cents = rate.rate.scaleb(digits(currency) - digits(rate.base))
    worth = (
        None if each is None else int((each * cents).quantize(Decimal(1), ROUND_HALF_UP))
        for each in amounts
    )
    return ((number, rate), *worth, units)


def told(skus: Sequence[str], currency: str, headings: Iterable[Heading]) -> dict[str, Rows]:
    """Return the prices that are written down in a currency."""
    found: dict[str, Rows] = {}
    numbers = [each.number for each in headings]
    askable = postgres.Words(sku for sku in skus if "\0" not in sku)  # no text has a NUL
    for sku, *row in postgres.ask(PRICES, currency, askable, numbers):
        found[sku] = (*found.get(sku, ()), tuple(row))
    return found


def filled(headings: Iterable[Heading], rows: Mapping[str, Rows]) -> tuple[PriceList, ...]:
    """Return the lists that say something, with what they say; apart what was converted."""
    prices: dict[Any, dict[str, tuple[ListPrice, ...]]] = defaultdict(dict)
    for sku, told in rows.items():
        for number, *price in told:
            tiers = prices[number]
            tiers[sku] = (*tiers.get(sku, ()), ListPrice(*price))
    known = {each.number: each for each in headings}
    return tuple(
        known[number].filled(tiers, rate)
        for (number, rate), tiers in ((of_rate(key), tiers) for key, tiers in prices.items())
        if number in known
    )


def of_rate(key: int | tuple[int, Rate]) -> tuple[int, Rate | None]:
    """Tell a list's number from the rate at which it was converted."""
    return key if isinstance(key, tuple) else (key, None)


def write(prices: Iterable[Price]) -> int:
    """Set prices, the last one of each SKU, currency, list and quantity; counts what that changed.

    A price before that is not higher is no reduction and is not kept. Rows are locked in one
    order, so that two imports at once wait for each other instead of blocking each other.
    """
    last = {place(price): price for price in prices}
    if not last:
        return 0
    lists = numbers({price.price_list for price in last.values()} - {STANDARD})
    rows = [row(last[key], lists) for key in sorted(last)]
    with postgres.prepared() as cursor:
        skus, currencies, *figures = zip(*rows, strict=True)
        texts = (postgres.Words(skus), postgres.Words(currencies))
        cursor.execute(WRITE, [*texts, *map(list, figures)])
        return int(cursor.rowcount)


def place(price: Price) -> tuple[str, str, str, int]:
    """Say which price it is, whatever it says."""
    return (price.sku, price.unit.currency, price.price_list, price.from_quantity)


def numbers(codes: set[str]) -> dict[str, int]:
    """Return the numbers that lists are kept by."""
    found = known_numbers(codes)
    for unknown in sorted(codes - found.keys()):
        raise UnknownPriceList(price_list=unknown)
    return found


def known_numbers(codes: set[str]) -> dict[str, int]:
    """Return the numbers of those lists that there are."""
    if not codes:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(CODES, [[code for code in sorted(codes) if "\0" not in code]])
        return dict(cursor.fetchall())


def row(price: Price, lists: dict[str, int]) -> tuple[object, ...]:
    """Lay out a price as it is kept."""
    before, minimum = reduced_from(price), price.minimum
    return (
        price.sku,
        price.unit.currency,
        lists.get(price.price_list),
        price.from_quantity,
        price.unit.minor,
        before,
        None if minimum is None else minimum.minor,
    )


def reduced_from(price: Price) -> int | None:
    """Return the price before in minor units if it really was higher."""
    return price.before.minor if price.before and price.unit < price.before else None


@transaction.atomic
def remove(rows: Iterable[int]) -> None:
    """Remove prices, by the numbers of their rows, and tell whose they were."""
    with connection.cursor() as cursor:
        cursor.execute(REMOVE, [sorted(rows)])
        skus = sorted({sku for (sku,) in cursor.fetchall()})
    parts = (tuple(skus[start : start + AT_ONCE]) for start in range(0, len(skus), AT_ONCE))
    publish(*(PricesRemoved(skus=part) for part in parts))
