"""What has become of the orders of a SKU, by the books of everybody concerned."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg.rows import dict_row

from commerce import ids
from tests.gameday.shop import Shop

LOOK = 0.2  # seconds
STANDSTILL = 60.0  # seconds without progress after which nothing more is expected
MADE = """
WITH made AS (
    SELECT orders.* FROM orders_order AS orders JOIN orders_line ON order_id = orders.id
    WHERE sku = %(sku)s AND accepted_at IS NOT NULL
)
SELECT (SELECT count(*) FROM made) AS orders,
    (SELECT count(*) FROM made WHERE status = 'paid') AS paid,
    (SELECT count(*) FROM events_delivery WHERE died_at IS NULL AND due_at < 'infinity'
        AND aggregate IN (SELECT id::text FROM made)) AS waiting,
    (SELECT count(*) FROM (
        SELECT order_id, what FROM orders_event WHERE order_id IN (SELECT id FROM made)
            AND what IN ('accepted', 'placed', 'paid')
        GROUP BY order_id, what HAVING count(*) > 1
    ) AS twice) AS "steps taken twice",
    (SELECT count(*) FROM (
        SELECT aggregate, name FROM events_outbox WHERE aggregate IN (SELECT id::text FROM made)
        GROUP BY aggregate, name HAVING count(*) > 1
    ) AS twice) AS "announced twice",
    (SELECT coalesce(sum(quantity), 0)::integer FROM stock_allocation WHERE sku = %(sku)s)
        - (SELECT count(*) FROM made)::integer AS "units too many",
    (SELECT count(*) FROM stock_drift WHERE sku = %(sku)s) AS drift
"""
EXTRA = ("steps taken twice", "announced twice", "units too many", "drift")
PAYMENTS = """
SELECT payment_session FROM orders_order AS orders JOIN orders_line ON order_id = orders.id
WHERE sku = %s AND accepted_at IS NOT NULL
"""
TAKEN = """
SELECT payment, count(*)::integer FROM payments_bankentry
WHERE what = 'capture' AND payment = ANY(%s) GROUP BY payment
"""


def look(shop: Shop, sku: str) -> dict[str, Any]:
    """Read the books; {} while PostgreSQL is away."""
    try:
        with shop.place.connect() as truth, truth.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(MADE, {"sku": sku}).fetchone() or {}
    except psycopg.OperationalError:
        return {}


def is_done(found: dict[str, Any]) -> bool:
    """Tell whether every order is real, and nothing is left to do for any."""
    return bool(found) and found["paid"] == found["orders"] and not found["waiting"]


def settled(
    shop: Shop,
    sku: str,
    *,
    meanwhile: Callable[[], object] = lambda: None,
    done: Callable[[dict[str, Any]], bool] = is_done,
    patience: float = STANDSTILL,
) -> float:
    """Wait until everything is done, or nothing moves any more; says for how many seconds."""
    began = moved = time.monotonic()
    before: dict[str, Any] = {}
    while not done(found := look(shop, sku)):
        meanwhile()
        if found and found != before:
            moved, before = time.monotonic(), found
        if time.monotonic() > moved + patience:
            break
        time.sleep(LOOK)
    return time.monotonic() - began


def counted(shop: Shop, sku: str) -> dict[str, Any]:
    """Count what is done, and what was done more often than once."""
    found = look(shop, sku)
    names = [ids.public("pay", session) for (session,) in shop.ask(PAYMENTS, sku)]
    captures = Counter(times for _, times in shop.ask(TAKEN, names))
    extra = sum(abs(found[each]) for each in EXTRA)
    extra += sum(count for times, count in captures.items() if times != 1)
    return {
        "orders": found["orders"],
        "lost": found["orders"] - found["paid"],
        "captured": captures[1],
        "extra effects": extra,
    }


def is_right(counts: dict[str, Any]) -> bool:
    """Tell whether everything was done exactly once."""
    return bool(
        not counts["lost"]
        and not counts["extra effects"]
        and counts["captured"] == counts["orders"] > 0
    )
