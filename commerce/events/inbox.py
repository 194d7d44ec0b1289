"""A fact is handled once in effect, however often and by however many workers it is delivered."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple, TypeVar

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from commerce.postgres import Words, ask
from commerce.telemetry import following

from . import consumers, facts
from .bell import bell
from .models import Delivery
from .origins import on_behalf_of
from .pause import LAST_ATTEMPT, Pause, doubling

D = TypeVar("D")
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
WHERE fact.id = fact_id AND delivery.id = ANY(ARRAY(
    SELECT id FROM events_delivery
    WHERE id = ANY(%s::bigint[]) AND attempts = %s AND died_at IS NULL FOR UPDATE SKIP LOCKED
))
RETURNING delivery.id, consumer, attempts, fact.name, fact.aggregate, payload, traceparent
"""
# The delivery goes and the note comes in one statement; no note means it was handled before.
SETTLE = """
WITH gone AS (
    DELETE FROM events_delivery WHERE id = ANY(%s::bigint[])
    RETURNING id, consumer, aggregate, fact_id
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
    aggregate: str
    payload: dict[str, Any]
    traceparent: str


def deliver(*, delivery: int, attempt: int) -> None:
    """Handle a delivery, unless it is done, dead, or tried again since this message was sent."""
    for begun in begin([delivery], attempt):
        handle_alone(begun)


def deliver_together(deliveries: Sequence[int]) -> None:
    """Handle deliveries to one consumer that nobody has begun yet, in one go if that goes well.

    Otherwise each is handled by itself, and fails by itself.
    """
    begun = begin(deliveries, attempt=0)
    try:
        handle_together(begun)
    except SoftTimeLimitExceeded as problem:
        for each in begun:
            fail(each, problem)
        raise
    except Exception as problem:
        log.warning("handled one by one", deliveries=deliveries, problem=repr(problem)[:1000])
        each_alone(handle_alone, begun)


def each_alone(deliver: Callable[[D], None], deliveries: Iterable[D]) -> None:
    """Let none wait for another that fails; raises what failed when all had their turn."""
    problems = []
    for delivery in deliveries:
        try:
            deliver(delivery)
        except SoftTimeLimitExceeded:
            raise
        except Exception as problem:
            problems.append(problem)
    if problems:
        raise problems[0] if len(problems) == 1 else ExceptionGroup("deliveries failed", problems)


def begin(deliveries: Sequence[int], attempt: int) -> list[Begun]:
    """Count the attempt before it is made, so that one that kills its worker counts too.

    `attempt` is the number of attempts when the message was sent: older messages are stale.
    """
    repeatable = Words(name for name, each in consumers.registry.items() if each.repeatable)
    return [Begun(*row) for row in ask(BEGIN, repeatable, LEASE, list(deliveries), attempt)]


def handle_alone(begun: Begun) -> None:
    """Handle a delivery; if that fails, keep it for later."""
    with following(begun.traceparent, fact=begun.fact, consumer=begun.consumer):
        try:
            handle(begun)
        except Exception as problem:
            fail(begun, problem)
            raise


def handle(delivery: Begun) -> None:
    """Run the handler and settle the delivery: together, or one after the other."""
    consumer = consumers.find(delivery.consumer)
    fact = facts.load(delivery.fact, delivery.payload)
    if consumer.repeatable:
        consumer.handle([fact] if consumer.many else fact)
        settle([delivery])
        return
    with transaction.atomic(durable=True):
        if settle([delivery]):
            consumer.handle(fact)


def handle_together(begun: Sequence[Begun]) -> None:
    """Run a handler once for all facts and settle their deliveries."""
    if begun:
        consumer = consumers.find(begun[0].consumer)
        with on_behalf_of({each.aggregate: each.traceparent for each in begun}):
            consumer.handle([facts.load(each.fact, each.payload) for each in begun])
        settle(begun)


def settle(deliveries: Sequence[Begun]) -> bool:
    """Take deliveries away and note them as handled; say whether that was still to be done."""
    ((first_time, behind),) = ask(SETTLE, [each.id for each in deliveries])
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
