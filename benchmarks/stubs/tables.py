"""What the database says about the benchmark's orders."""

from django.db import connection

SCRATCH = """
CREATE TABLE IF NOT EXISTS bench_row (id bigserial PRIMARY KEY, what text NOT NULL);
"""
INSERT = "INSERT INTO bench_row (what) VALUES (%s)"
OLDEST = """
SELECT coalesce(extract(epoch FROM max(now() - accepted_at)), 0)::float8
FROM orders_order WHERE status = 'accepted'
"""
UNFINISHED = "SELECT EXISTS (SELECT FROM orders_order WHERE status IN ('accepted', 'placed'))"
STATES = "SELECT status, count(*) FROM orders_order GROUP BY status ORDER BY status"


def clear() -> None:
    """Have a table to write to, and forget orders of earlier runs that nobody will finish."""
    with connection.cursor() as cursor:
        cursor.execute(SCRATCH)
        cursor.execute("DELETE FROM events_delivery")
        cursor.execute("UPDATE orders_order SET status = 'cancelled' WHERE status <> 'paid'")


def insert_thrice() -> None:
    """Write three rows; the caller has begun a transaction."""
    with connection.cursor() as cursor:
        for what in ("order", "line", "fact"):
            cursor.execute(INSERT, [what])


def oldest_accepted() -> float:
    """Say for how many seconds the oldest accepted order has waited to be placed."""
    return float(asked(OLDEST)[0][0])


def unfinished() -> bool:
    """Tell whether workers have something left to do for an order."""
    return bool(asked(UNFINISHED)[0][0])


def states() -> list[tuple[str, int]]:
    """Count the orders of each state."""
    return asked(STATES)


def asked(sql: str) -> list[tuple[str, int]]:
    """Ask a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found: list[tuple[str, int]] = cursor.fetchall()
        return found
