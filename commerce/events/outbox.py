"""Facts are written down together with the change they tell of, or not at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from commerce import ids
from commerce.services import wire
from commerce.telemetry import current_traceparent, request_id

from . import consumers
from .bell import bell
from .facts import Event, check
from .origins import origin_of

WRITE = "SELECT events_publish(%s::jsonb, %s::jsonb)"


@dataclass(frozen=True)
class Parcel:
    """Facts, and who waits for them, as the function `events_publish` takes them."""

    facts: str
    consumers: str


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
    with origin_of(fact):
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
    parcel = packed(rows)
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [parcel.facts, parcel.consumers])
        if cursor.fetchone()[0]:
            transaction.on_commit(bell.ring, robust=True)


def parcel(*facts: Event) -> Parcel:
    """Pack facts for a statement that publishes them together with the change they tell of.

    Once it has been asked, the bell is for the caller to ring.
    """
    return packed(written_down(fact) for fact in facts)


def packed(rows: Iterable[dict[str, Any]]) -> Parcel:
    """Number rows in their order, and find their consumers."""
    numbered = [row | {"place": place} for place, row in enumerate(rows)]
    interested = [
        {"name": consumer.name, "event": consumer.event.name, "queue": consumer.queue}
        for consumer in consumers.of({row["name"] for row in numbered})
    ]
    return Parcel(wire.encode(numbered).decode(), wire.encode(interested).decode())
