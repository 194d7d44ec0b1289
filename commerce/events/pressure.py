"""How far the deliveries are behind, for checkout to turn people away in time, and for alarms."""

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from time import monotonic

from django.db import connection

from commerce.postgres import ask
from commerce.roles import Queue
from commerce.telemetry.metrics import OUTBOX, OUTBOX_AGE

COUNTED = 10_001  # rows; beyond that it is simply too many

MEASURE = """
WITH waiting AS (
    SELECT fact_id, consumer, aggregate, attempts FROM events_delivery
    WHERE queue = %s AND died_at IS NULL ORDER BY fact_id LIMIT %s::integer
), untouched AS (
    SELECT fact_id FROM waiting WHERE attempts = 0 AND NOT EXISTS (
        SELECT FROM events_delivery AS failing
        WHERE failing.consumer = waiting.consumer AND failing.aggregate = waiting.aggregate
            AND failing.fact_id < waiting.fact_id AND failing.attempts > 0
    ) ORDER BY fact_id LIMIT 1
)
SELECT count(*), (
    SELECT statement_timestamp() - occurred_at FROM events_outbox JOIN untouched ON id = fact_id
) FROM waiting
"""
TOTALS = """
SELECT count(*) FILTER (WHERE died_at IS NULL), count(died_at), (
    SELECT extract(epoch FROM statement_timestamp() - occurred_at) FROM events_outbox
    WHERE id = (SELECT min(fact_id) FROM events_delivery WHERE died_at IS NULL)
) FROM events_delivery
"""


@dataclass(frozen=True)
class Backlog:
    """Deliveries not yet handled (counted up to 10,001), and the age of the oldest not yet begun.

    One that fails again and again does not tell how busy the workers are, nor do its successors.
    """

    rows: int
    oldest: timedelta


def backlog(queue: Queue = "orders") -> Backlog:
    """Say how much waits for the workers of a queue; the answer is up to a second old."""
    return measured(queue, int(monotonic()))


@lru_cache(maxsize=8)
def measured(queue: Queue, second: int) -> Backlog:
    """Measure once for everybody who asks within the same second."""
    ((rows, oldest),) = ask(MEASURE, queue, COUNTED)
    return Backlog(rows, oldest or timedelta())


def report() -> None:
    """Tell Prometheus how many deliveries wait, how many are dead, and how old the oldest is."""
    with connection.cursor() as cursor:
        cursor.execute(TOTALS)
        waiting, dead, oldest = cursor.fetchone()
    OUTBOX.labels("waiting").set(waiting)
    OUTBOX.labels("dead").set(dead)
    OUTBOX_AGE.set(oldest or 0)
