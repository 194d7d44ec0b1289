"""Facts are written down together with the change they tell of, or not at all."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from commerce import ids
from commerce.services import wire
from commerce.telemetry import current_traceparent, request_id

from . import consumers
from .bell import bell
from .facts import Event, check

# One round trip: the facts in their order, and a delivery of each to each of its consumers.
WRITE = """
WITH fact AS (
    INSERT INTO events_outbox
        (uuid, name, aggregate, payload, occurred_at, request_id, traceparent)
    SELECT uuid, name, aggregate, payload, coalesce(occurred_at, statement_timestamp()),
           request_id, traceparent
    FROM jsonb_to_recordset(%s) AS given
        (place int, uuid uuid, name text, aggregate text, payload jsonb, occurred_at timestamptz,
         request_id text, traceparent text)
    ORDER BY place
    ON CONFLICT (uuid) DO NOTHING
    RETURNING id, name, aggregate
)
INSERT INTO events_delivery (fact_id, consumer, aggregate, queue)
SELECT fact.id, consumer.name, fact.aggregate, consumer.queue
FROM fact
JOIN jsonb_to_recordset(%s) AS consumer (name text, event text, queue text)
    ON consumer.event = fact.name
"""


def publish(*facts: Event) -> None:
    """Announce facts when, and only if, the current transaction commits.

    Facts of one aggregate keep their order when the publisher holds the row they tell of, that is
    when it changed or locked that row first.
    """
    refuse_outside_transaction()
    write(written_down(fact) for fact in facts)


def refuse_outside_transaction() -> None:
    """Raise unless a transaction is open that the fact can share with its change."""
    blocks = connection.atomic_blocks
    if not blocks or blocks[-1]._from_testcase:  # type: ignore[attr-defined]
        raise RuntimeError("publish() belongs inside transaction.atomic(), beside the change")


def written_down(fact: Event) -> dict[str, Any]:
    """Return a fact as the row of the outbox that it becomes."""
    check(type(fact))
    return {
        "uuid": ids.new(),
        "name": fact.name,
        "aggregate": fact.aggregate,
        "payload": wire.dump(type(fact), fact),
        "request_id": request_id(),
        "traceparent": current_traceparent() if request_id() else "",
    }


def write(rows: Iterable[dict[str, Any]]) -> None:
    """Write facts and their deliveries; a fact that is already there is left alone."""
    numbered = [row | {"place": place} for place, row in enumerate(rows)]
    interested = [
        {"name": consumer.name, "event": consumer.event.name, "queue": consumer.queue}
        for consumer in consumers.of({row["name"] for row in numbered})
    ]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [wire.encode(numbered).decode(), wire.encode(interested).decode()])
        if cursor.rowcount:
            transaction.on_commit(bell.ring, robust=True)
