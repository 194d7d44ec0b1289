"""Forgets what was done long ago, a little at a time, so that nobody has to wait for it."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from commerce import clock

BATCH = 1_000  # rows that one statement looks at
LONGEST = 20.0  # seconds; the rest is for the next time

# Rows are looked at in the order in which they were written. What is not handled yet stays, and
# what somebody else has locked is left for the next time.
FACTS = """
WITH next AS (
    SELECT id, occurred_at < statement_timestamp() - %(age)s AS old FROM events_outbox
    WHERE id > %(last)s ORDER BY id LIMIT %(limit)s
), gone AS (
    DELETE FROM events_outbox WHERE id IN (
        SELECT fact.id FROM events_outbox AS fact JOIN next USING (id)
        WHERE old AND NOT EXISTS (SELECT FROM events_delivery WHERE fact_id = fact.id)
        FOR UPDATE OF fact SKIP LOCKED
    ) RETURNING id
)
SELECT max(id), coalesce(bool_and(old), false), (SELECT count(*) FROM gone) FROM next
"""
NOTES = """
WITH next AS (
    SELECT id, fact < %(before)s AS old FROM events_inbox
    WHERE id > %(last)s ORDER BY id LIMIT %(limit)s
), gone AS (
    DELETE FROM events_inbox WHERE id IN (
        SELECT note.id FROM events_inbox AS note JOIN next USING (id) WHERE old
        FOR UPDATE OF note SKIP LOCKED
    ) RETURNING id
)
SELECT max(id), coalesce(bool_and(old), false), (SELECT count(*) FROM gone) FROM next
"""


def trim() -> int:
    """Forget facts and notes of long ago; says how many rows are gone.

    A note of what was handled outlives its fact by a month, should the fact be told once more.
    """
    until = time.monotonic() + LONGEST
    age = timedelta(days=settings.OUTBOX_DAYS)
    before = earliest_of(age + timedelta(days=30))
    facts = walked(lambda last: step(FACTS, last, age=age), until)
    return facts + walked(lambda last: step(NOTES, last, before=before), until)


def walked(step: Callable[[int], tuple[int | None, bool, int]], until: float) -> int:
    """Take steps until one meets something that is not old, or nothing, or time is up."""
    last, more, count = 0, True, 0
    while more and time.monotonic() < until:
        reached, more, gone = step(last)
        last, count = reached or last, count + gone
    return count


def step(sql: str, last: int, **values: Any) -> tuple[int | None, bool, int]:
    """Look at the next rows: the last of them, whether all were old, and how many are gone."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values | {"last": last, "limit": BATCH})
        reached, more, gone = cursor.fetchone()
    return reached, more, gone


def earliest_of(age: timedelta) -> UUID:
    """Return the smallest id that a fact of this age can have: ids begin with their time."""
    milliseconds = int((clock.now() - age).timestamp() * 1000)
    return UUID(int=milliseconds << 80)
