"""Every figure that is kept for speed, and what its ledger comes to: two queries must agree.

The SQL is its own and shares nothing with the shop's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apps.orders.interface import Status

if TYPE_CHECKING:
    import psycopg

STATUSES = [status.value for status in Status]


@dataclass(frozen=True)
class Ledger:
    """What is rebuilt, and the query for whatever is not as its records say: key, live, rebuilt."""

    figure: str
    differences: str


LEDGERS = (
    Ledger(
        "stock on hand and allocated, from the movements",
        """
        SELECT sku || '@' || location, level.*, moved.* FROM (
            SELECT sku, location, on_hand, allocated FROM stock_level
        ) AS level FULL JOIN (
            SELECT sku, location, sum(on_hand)::int AS on_hand, sum(allocated)::int AS allocated
            FROM stock_movement GROUP BY sku, location
        ) AS moved USING (sku, location)
        WHERE (coalesce(level.on_hand, 0), coalesce(level.allocated, 0))
            <> (coalesce(moved.on_hand, 0), coalesce(moved.allocated, 0))
        """,
    ),
    Ledger(
        "stock held, from the holds",
        """
        SELECT sku || '@' || location, level.held, kept.held FROM stock_level AS level FULL JOIN (
            SELECT sku, location, sum(quantity)::int AS held FROM stock_hold GROUP BY sku, location
        ) AS kept USING (sku, location)
        WHERE coalesce(level.held, 0) <> coalesce(kept.held, 0)
        """,
    ),
    Ledger(
        "goods of orders, from the movements",
        """
        SELECT sku || ' of ' || reference, given.quantity, moved.quantity FROM (
            SELECT "order"::text AS reference, sku, location, quantity FROM stock_allocation
        ) AS given FULL JOIN (
            SELECT reference, sku, location, sum(allocated)::int AS quantity FROM stock_movement
            WHERE kind IN ('sold', 'cancelled', 'shipped')
            GROUP BY reference, sku, location HAVING sum(allocated) <> 0
        ) AS moved USING (reference, sku, location)
        WHERE given.quantity IS DISTINCT FROM moved.quantity
        """,
    ),
    Ledger(
        "balances of gift cards, from their uses",
        """
        SELECT card.id::text, balance_minor, issued_minor - coalesce(sum(minor), 0)
        FROM pricing_giftcard AS card LEFT JOIN pricing_giftcarduse ON card_id = card.id
        GROUP BY card.id HAVING balance_minor <> issued_minor - coalesce(sum(minor), 0)
        """,
    ),
    Ledger(
        "uses of coupons, from the orders that used them",
        """
        SELECT coupon.id::text, used, count(taken.id) FROM pricing_coupon AS coupon
        LEFT JOIN pricing_couponuse AS taken ON coupon_id = coupon.id
        GROUP BY coupon.id HAVING used <> count(taken.id)
        """,
    ),
    Ledger(
        "uses of promotions, from the orders that used them",
        """
        SELECT promotion.id::text, used, count(taken.id) FROM pricing_promotion AS promotion
        LEFT JOIN pricing_promotionuse AS taken ON promotion_id = promotion.id
        GROUP BY promotion.id HAVING used <> count(taken.id)
        """,
    ),
    Ledger(
        "states of orders, from their stories",
        """
        SELECT number, status, told.what FROM orders_order LEFT JOIN LATERAL (
            SELECT what FROM orders_event
            WHERE order_id = orders_order.id AND what = ANY(%(statuses)s)
            ORDER BY orders_event.id DESC LIMIT 1
        ) AS told ON true WHERE status IS DISTINCT FROM told.what
        """,
    ),
    Ledger(
        "totals of orders, from their lines",
        """
        SELECT number, subtotal, sum(total) FROM orders_order
        JOIN orders_line ON order_id = orders_order.id
        GROUP BY orders_order.id HAVING subtotal <> sum(total)
        """,
    ),
    Ledger(
        "money taken, from the payment books",
        """
        SELECT session.id::text, captured_minor, coalesce(sum(entry.minor), 0)
        FROM payments_session AS session LEFT JOIN payments_entry AS entry
            ON session_id = session.id AND what = 'captured'
        GROUP BY session.id HAVING captured_minor <> coalesce(sum(entry.minor), 0)
        """,
    ),
    Ledger(
        "money given back, from the refunds",
        """
        SELECT session.id::text, refunded_minor, coalesce(sum(refund.minor), 0)
        FROM payments_session AS session LEFT JOIN payments_refund AS refund
            ON session_id = session.id AND refund.status <> 'refused'
        GROUP BY session.id HAVING refunded_minor <> coalesce(sum(refund.minor), 0)
        """,
    ),
    Ledger(
        "paid orders, from the money taken",
        """
        SELECT number, payment, captured_minor FROM orders_order AS paid
        LEFT JOIN payments_session AS session ON session."order" = paid.id
        WHERE payment = 'captured'
            AND coalesce(captured_minor < coalesce(nullif(paid.captured, 0), minor), true)
        """,
    ),
    Ledger(
        "books that balance, entry by entry",
        """
        SELECT entry_id::text, sum(minor), 0 FROM payments_posting
        GROUP BY entry_id HAVING sum(minor) <> 0
        """,
    ),
)


def differences(truth: "psycopg.Connection[Any]") -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """Rebuild every figure as of one moment; gives for each what is not as it must be."""
    with truth.transaction():
        truth.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for ledger in LEDGERS:
            found = truth.execute(ledger.differences, {"statuses": STATUSES}).fetchall()
            yield ledger.figure, found
