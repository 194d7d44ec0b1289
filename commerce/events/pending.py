"""What is still to be done about one thing, for whoever looks at it."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from commerce.postgres import Words, ask

PENDING = """
SELECT id, consumer, attempts, due_at, died_at IS NOT NULL, last_error FROM events_delivery
WHERE aggregate = %s ORDER BY fact_id, id
"""
UNSETTLED = "SELECT DISTINCT aggregate FROM events_delivery WHERE aggregate = ANY(%s::text[])"


class Pending(NamedTuple):
    """A delivery that waits, is being handled, or is dead; `problem` is the last one it met."""

    id: int
    consumer: str
    attempts: int
    due_at: datetime
    dead: bool
    problem: str


def pending(aggregate: str) -> list[Pending]:
    """List the deliveries of an aggregate's facts, the oldest first."""
    return [Pending(*row) for row in ask(PENDING, aggregate)]


def unsettled(aggregates: Iterable[str]) -> set[str]:
    """Say of which aggregates something is still to be delivered, or is dead."""
    return {aggregate for (aggregate,) in ask(UNSETTLED, Words(aggregates))}
