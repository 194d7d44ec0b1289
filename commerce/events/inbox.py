"""A fact is handled once in effect, however often and by however many workers it is delivered."""

from datetime import timedelta
from typing import Any, NamedTuple

import structlog
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from commerce.postgres import Words, ask
from commerce.telemetry import following

from . import consumers, facts
from .bell import bell
from .models import Delivery
from .pause import LAST_ATTEMPT, Pause, doubling

log = structlog.get_logger("halles.events")
LEASE = timedelta(seconds=10)  # for a repeatable handler, which nothing keeps others away from
SOON = "SELECT set_config('synchronous_commit', 'off', true)"  # on disk a moment later

# While an `@on` handler runs, its transaction keeps others away from the row by itself.
BEGIN = f"""
WITH disk AS ({SOON})
UPDATE events_delivery AS delivery
SET attempts = attempts + 1, handed = 0, due_at = statement_timestamp() + greatest(
    {doubling("attempts + 1", most=300)}, CASE WHEN consumer = ANY(%s::text[]) THEN %s END
)
FROM disk, events_outbox AS fact
WHERE fact.id = fact_id AND delivery.id = (
    SELECT id FROM events_delivery
    WHERE id = %s AND attempts = %s AND died_at IS NULL FOR UPDATE SKIP LOCKED
)
RETURNING delivery.id, consumer, attempts, fact.name, payload, traceparent
"""
# The delivery goes and the note comes in one statement; no note means it was handled before.
SETTLE = """
WITH gone AS (
    DELETE FROM events_delivery WHERE id = %s RETURNING id, consumer, aggregate, fact_id
), noted AS (
    INSERT INTO events_inbox (consumer, fact)
    SELECT gone.consumer, fact.uuid FROM gone JOIN events_outbox AS fact ON fact.id = fact_id
    ON CONFLICT DO NOTHING RETURNING consumer
)
SELECT EXISTS (SELECT FROM noted), EXISTS (
    SELECT FROM events_delivery AS behind JOIN gone USING (consumer, aggregate)
    WHERE behind.id <> gone.id AND died_at IS NULL
)
"""


class Begun(NamedTuple):
    """A delivery that this worker is at, and its fact as it was written down."""

    id: int
    consumer: str
    attempts: int
    fact: str
    payload: dict[str, Any]
    traceparent: str


def deliver(*, delivery: int, attempt: int) -> None:
    """Handle a delivery, unless it is done, dead, or tried again since this message was sent."""
    begun = begin(delivery, attempt)
    if begun is None:
        return
    with following(begun.traceparent, fact=begun.fact, consumer=begun.consumer):
        try:
            handle(begun)
        except Exception as problem:
            fail(begun, problem)
            raise


def begin(delivery: int, attempt: int) -> Begun | None:
    """Count the attempt before it is made, so that one that kills its worker counts too.

    `attempt` is the number of attempts when the message was sent: older messages are stale.
    """
    repeatable = Words(name for name, each in consumers.registry.items() if each.repeatable)
    rows = ask(BEGIN, repeatable, LEASE, delivery, attempt)
    return Begun(*rows[0]) if rows else None


def handle(delivery: Begun) -> None:
    """Run the handler and settle the delivery: together, or one after the other."""
    consumer = consumers.find(delivery.consumer)
    fact = facts.load(delivery.fact, delivery.payload)
    if consumer.repeatable:
        consumer.handle(fact)
        settle(delivery)
        return
    with transaction.atomic(durable=True):
        if settle(delivery):
            consumer.handle(fact)


def settle(delivery: Begun) -> bool:
    """Take the delivery away and note it as handled; say whether that was still to be done."""
    ((first_time, behind),) = ask(SETTLE, delivery.id)
    if behind:
        transaction.on_commit(bell.ring, robust=True)
    return bool(first_time)


def fail(delivery: Begun, problem: Exception) -> None:
    """Keep the delivery for later, or for a merchant's decision after the last attempt."""
    error = f"{type(problem).__name__}: {problem}"[:1000]
    died = delivery.attempts >= LAST_ATTEMPT
    Delivery.objects.filter(pk=delivery.id, attempts=delivery.attempts).update(
        due_at=Now() + Pause(F("attempts")), last_error=error, died_at=Now() if died else None
    )
    if died:
        log.error("delivery died", delivery=delivery.id, error=error)
