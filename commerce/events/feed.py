"""The facts of a context, page by page, for readers in other processes: none is ever left out."""

import re
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DataError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from commerce.services import wire
from commerce.services.http import CALLER, reply
from commerce.services.signature import HEADER, verify

PAGE = 500  # facts
START = "1:1://0"  # everything that is visible was committed since the snapshot 1:1:
CURSOR = re.compile(r"(?P<since>\d+:\d+:[\d,]*)/(?P<until>(?:\d+:\d+:[\d,]*)?)/(?P<last>\d{1,18})")

# A page holds what was committed between two moments, each told by a snapshot of PostgreSQL. A fact
# whose transaction is still open at both is between two later ones, whatever its id; and of two
# facts about one aggregate the later never comes in an earlier page, which transaction ids alone
# would not promise.
BETWEEN = """
SELECT id, jsonb_build_object(
    'uuid', uuid, 'name', name, 'aggregate', aggregate, 'payload', payload,
    'occurred_at', occurred_at, 'request_id', request_id, 'traceparent', traceparent)
FROM events_outbox
WHERE id > %(last)s AND starts_with(name, %(context)s || '.')
    AND txid >= pg_snapshot_xmin(%(since)s)
    AND NOT pg_visible_in_snapshot(txid, %(since)s)
    AND pg_visible_in_snapshot(txid, %(until)s)
ORDER BY id LIMIT %(limit)s
"""
MOMENT = """
SELECT pg_current_snapshot()::text,
    pg_snapshot_xmax(%s) > pg_snapshot_xmax(pg_current_snapshot())
"""


class BadCursor(ValueError):
    """The text was never a cursor."""


class LostCursor(LookupError):
    """The cursor is ahead of this database, which must have been restored or failed over."""


class Page(NamedTuple):
    """Some facts, where to go on reading, and whether that is worth doing at once."""

    facts: list[dict[str, Any]]
    cursor: str
    more: bool


def read(context: str, *, after: str, limit: int = PAGE) -> Page:
    """Return the facts after a cursor; "" stands before the first fact."""
    place = CURSOR.fullmatch(after or START)
    if not place:
        raise BadCursor(after)
    try:
        since, until = place["since"], place["until"] or moment(place["since"])
        rows = between(
            {"context": context, "since": since, "until": until, "last": place["last"]}
            | {"limit": limit}
        )
    except DataError as problem:
        raise BadCursor(after) from problem
    facts = [wire.decode(fact.encode()) for _, fact in rows]
    if len(rows) == limit:
        return Page(facts, f"{since}/{until}/{rows[-1][0]}", more=True)
    return Page(facts, f"{until}//0", more=False)


def moment(since: str) -> str:
    """Return this moment's snapshot."""
    with connection.cursor() as cursor:
        cursor.execute(MOMENT, [since])
        snapshot, is_ahead = cursor.fetchone()
    if is_ahead:
        raise LostCursor(since)
    return str(snapshot)


def between(place: dict[str, Any]) -> list[tuple[int, str]]:
    """Fetch the next rows between the two moments."""
    with connection.cursor() as cursor:
        cursor.execute(BETWEEN, place)
        rows: list[tuple[int, str]] = cursor.fetchall()
    return rows


@require_GET
def answer(request: HttpRequest, context: str) -> HttpResponse:
    """Show a signed reader the next page of a context's facts."""
    caller, given = request.headers.get(CALLER, ""), request.headers.get(HEADER, "")
    if not verify(caller, request.get_full_path(), b"", given):
        return reply(403, {"error": "bad signature"})
    if "LOCATION" in settings.SERVICES.get(context, {"LOCATION": "nowhere"}):
        return reply(404, {"error": f"{context} does not live in this process"})
    try:
        page = read(context, after=request.GET.get("after", ""))
    except BadCursor:
        return reply(400, {"error": "bad cursor"})
    except LostCursor:
        return reply(410, {"error": "the cursor is ahead of this database; read from the start"})
    return reply(200, page._asdict())
