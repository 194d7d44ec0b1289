"""A fact is handled once in effect, however often and by however many workers it is delivered."""

from datetime import timedelta

import structlog
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest, Now

from commerce.telemetry import following

from . import consumers, facts
from .bell import bell
from .models import Delivery
from .pause import LAST_ATTEMPT, Pause

log = structlog.get_logger("halles.events")
LEASE = timedelta(seconds=10)  # for a repeatable handler, which nothing keeps others away from

# The delivery goes and the note comes in one statement; no row means it was handled before.
SETTLE = """
WITH gone AS (
    DELETE FROM events_delivery WHERE id = %s RETURNING consumer, fact_id
)
INSERT INTO events_inbox (consumer, fact)
SELECT gone.consumer, events_outbox.uuid FROM gone JOIN events_outbox ON id = fact_id
ON CONFLICT DO NOTHING
"""


def deliver(*, delivery: int, attempt: int) -> None:
    """Handle a delivery, unless it is done, dead, or tried again since this message was sent."""
    begun = begin(delivery, attempt)
    if begun is None:
        return
    with following(begun.fact.traceparent, fact=begun.fact.name, consumer=begun.consumer):
        try:
            handle(begun)
        except Exception as problem:
            fail(begun, problem)
            raise


@transaction.atomic(durable=True)
def begin(delivery: int, attempt: int) -> Delivery | None:
    """Count the attempt before it is made, so that one that kills its worker counts too.

    `attempt` is the number of attempts when the message was sent: older messages are stale.
    """
    free = Delivery.objects.select_for_update(skip_locked=True, of=("self",))
    found = free.filter(pk=delivery, attempts=attempt, died_at=None).select_related("fact").first()
    if found is not None:
        Delivery.objects.filter(pk=delivery).update(
            attempts=attempt + 1, handed=0, due_at=Now() + lease(found.consumer)
        )
        found.attempts = attempt + 1
    return found


def lease(name: str) -> Combinable:
    """Return how long a worker may be silent before the next attempt.

    While an `@on` handler runs, its transaction keeps others away from the row by itself.
    """
    consumer, pause = consumers.registry.get(name), Pause(F("attempts") + 1)
    return Greatest(pause, Value(LEASE)) if consumer and consumer.repeatable else pause


def handle(delivery: Delivery) -> None:
    """Run the handler and settle the delivery: together, or one after the other."""
    consumer = consumers.find(delivery.consumer)
    fact = facts.load(delivery.fact.name, delivery.fact.payload)
    if consumer.repeatable:
        consumer.handle(fact)
        settle(delivery)
        return
    with transaction.atomic(durable=True):
        if settle(delivery):
            consumer.handle(fact)


def settle(delivery: Delivery) -> bool:
    """Take the delivery away and note it as handled; say whether that was still to be done."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SETTLE, [delivery.pk])
        first_time: bool = cursor.rowcount == 1
        behind = Delivery.objects.filter(
            consumer=delivery.consumer, aggregate=delivery.aggregate, died_at=None
        )
        if behind.exists():
            transaction.on_commit(bell.ring, robust=True)
    return first_time


def fail(delivery: Delivery, problem: Exception) -> None:
    """Keep the delivery for later, or for a merchant's decision after the last attempt."""
    error = f"{type(problem).__name__}: {problem}"[:1000]
    died = delivery.attempts >= LAST_ATTEMPT
    Delivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts).update(
        due_at=Now() + Pause(F("attempts")), last_error=error, died_at=Now() if died else None
    )
    if died:
        log.error("delivery died", delivery=delivery.pk, error=error)
