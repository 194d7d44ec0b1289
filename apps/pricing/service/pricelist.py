"""The price list: read in one query, written in one statement, and told of where it shrinks."""

from collections.abc import Iterable

from django.db import connection, transaction

from apps.pricing.events import PricesRemoved
from apps.pricing.interface import Price
from commerce.events import publish
from commerce.money import Money

READ = "SELECT sku, minor, before_minor FROM pricing_price WHERE currency = %s AND sku = ANY(%s)"
WRITE = """
INSERT INTO pricing_price AS kept (sku, currency, minor, before_minor)
SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[])
ON CONFLICT (sku, currency) DO UPDATE
SET minor = excluded.minor, before_minor = excluded.before_minor
WHERE (kept.minor, kept.before_minor) IS DISTINCT FROM (excluded.minor, excluded.before_minor)
"""
REMOVE = "DELETE FROM pricing_price WHERE id = ANY(%s) RETURNING sku"
AT_ONCE = 500  # SKUs in one fact


def read(skus: Iterable[str], currency: str) -> dict[str, Price]:
    """Return the prices there are."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [currency, sorted(set(skus))])
        return {
            sku: Price(
                sku, Money(minor, currency), None if before is None else Money(before, currency)
            )
            for sku, minor, before in cursor.fetchall()
        }


def write(prices: Iterable[Price]) -> int:
    """Set prices, the last one of each SKU and currency; returns how many that changed.

    A price before that is not higher is no reduction and is not kept. Rows are locked in one
    order, so that two imports at once wait for each other instead of blocking each other.
    """
    last = {(price.sku, price.unit.currency): price for price in prices}
    rows = [(*key, last[key].unit.minor, reduced_from(last[key])) for key in sorted(last)]
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [list(column) for column in zip(*rows, strict=True)])
        return int(cursor.rowcount)


@transaction.atomic
def remove(rows: Iterable[int]) -> None:
    """Remove prices, by the numbers of their rows, and tell whose they were."""
    with connection.cursor() as cursor:
        cursor.execute(REMOVE, [sorted(rows)])
        skus = sorted({sku for (sku,) in cursor.fetchall()})
    parts = (tuple(skus[start : start + AT_ONCE]) for start in range(0, len(skus), AT_ONCE))
    publish(*(PricesRemoved(skus=part) for part in parts))


def reduced_from(price: Price) -> int | None:
    """Return the price before in minor units if it really was higher."""
    return price.before.minor if price.before and price.unit < price.before else None
