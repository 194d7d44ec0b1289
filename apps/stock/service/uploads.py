"""Sheets of counts and deliveries: read, tried, and made in small steps that may be repeated."""

import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import IO
from uuid import UUID

from django.db import connection, transaction

from commerce import clock

from ..domain.moves import MOST, Kind, Move, Verdict
from ..domain.sheets import Row, Unusable, read_sheet
from ..interface import MAIN
from ..models import Upload, UploadRow
from .books import PATIENTLY
from .move import moved, unknown_skus
from .statement import ask, twice

BATCH = 200  # SKUs in one transaction
KEPT = timedelta(days=30)
LONGEST_LINE = 65_536  # bytes; a file without line ends is no sheet

COPY = """
COPY stock_uploadrow (upload_id, line, sku, location, quantity, reason, outcome) FROM STDIN
"""
LEARN = "ANALYZE stock_uploadrow"  # so that half a million new rows are found by their index
STRANGERS = """
SELECT DISTINCT sku FROM stock_uploadrow AS told WHERE upload_id = %s AND outcome = '' AND sku > %s
    AND NOT EXISTS (SELECT FROM stock_level WHERE stock_level.sku = told.sku)
ORDER BY sku LIMIT %s
"""
MARK = """
UPDATE stock_uploadrow SET outcome = %s
WHERE upload_id = %s AND outcome = '' AND sku = ANY(%s::text[]) RETURNING line
"""
NOWHERE = """
UPDATE stock_uploadrow SET outcome = 'location-unknown' WHERE upload_id = %s AND outcome = ''
    AND NOT EXISTS (SELECT FROM stock_location WHERE code = location) RETURNING line
"""
SUMS_TOO_HIGH = """
SELECT sku, location FROM stock_uploadrow WHERE upload_id = %s AND outcome = ''
GROUP BY sku, location HAVING sum(quantity) > %s LIMIT %s
"""
TOO_LOW = """
WITH counted AS (
    SELECT sku, location, sum(quantity) AS units FROM stock_uploadrow
    WHERE upload_id = %s AND outcome = '' GROUP BY sku, location
)
SELECT sku, location, units, held + allocated FROM counted JOIN stock_level USING (sku, location)
WHERE units < held + allocated ORDER BY sku, location LIMIT %s
"""
FIGURES = """
UPDATE stock_upload SET (rows, bad) = (
    SELECT count(*), count(*) FILTER (WHERE outcome <> '')
    FROM stock_uploadrow WHERE upload_id = id
) WHERE id = %s RETURNING rows, bad
"""
NEXT = """
SELECT sku, location, sum(quantity), min(reason), count(*) FROM stock_uploadrow
WHERE upload_id = %s AND outcome = '' AND (sku, location) > (%s, %s)
GROUP BY sku, location ORDER BY sku, location LIMIT %s
"""
TELL = """
UPDATE stock_uploadrow AS told SET outcome = made.outcome
FROM unnest(%s::text[], %s::text[], %s::text[]) AS made (sku, location, outcome)
WHERE upload_id = %s AND told.outcome = ''
    AND told.sku = made.sku AND told.location = made.location RETURNING line
"""


def upload(
    sheet: IO[bytes],
    *,
    kind: Kind,
    name: str,
    reason: str,
    actor: str,
    location: str = MAIN,
    most: int | None = None,
) -> Upload:
    """Keep a sheet and try it; raises Unusable if it is none or has more than `most` rows."""
    made = stage(sheet, kind, name[-255:], reason, actor, location, most)
    with connection.cursor() as cursor:
        cursor.execute(LEARN)
    for strangers in strange(made.pk):
        ask(MARK, Verdict.UNKNOWN_SKU.value, made.pk, strangers)
    with transaction.atomic():
        ask(PATIENTLY)
        ask(NOWHERE, made.pk)
        refuse_sums(made.pk)
        ask(FIGURES, made.pk)
    made.refresh_from_db()
    return made


@transaction.atomic
def stage(
    sheet: IO[bytes],
    kind: Kind,
    name: str,
    reason: str,
    actor: str,
    location: str,
    most: int | None,
) -> Upload:
    """Write all rows of a sheet down as they are."""
    ask(PATIENTLY)
    made = Upload.objects.create(name=name, kind=kind.value, reason=reason, actor=actor)
    rows = read_sheet(lines_of(sheet), least=0 if kind is Kind.COUNTED else 1)
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for number, row in enumerate(rows):
            if most is not None and number >= most:
                raise Unusable("too-many-rows")
            copy.write_row(staged(made.pk, row, location, reason))
    return made


def staged(made: UUID, row: Row, location: str, reason: str) -> tuple[object, ...]:
    """Write a row as the table has it."""
    outcome = row.mistake.value if row.mistake else ""
    where, why = row.location or location, row.reason or reason
    return made, row.line, row.sku, where, row.quantity, why, outcome


def lines_of(sheet: IO[bytes]) -> Iterator[str]:
    """Decode a sheet line by line, with or without a byte order mark."""
    encoding = "utf-8-sig"
    while line := sheet.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            raise Unusable("line-too-long")
        try:
            yield line.decode(encoding)
        except UnicodeDecodeError:
            raise Unusable("not-utf-8") from None
        encoding = "utf-8"


def refuse_sums(made: UUID) -> None:
    """Mark rows that together are more than one movement can be."""
    while high := ask(SUMS_TOO_HIGH, made, MOST, BATCH):
        verdicts = [Verdict.TOO_MANY.value] * len(high)
        ask(TELL, *map(list, zip(*high, strict=True)), verdicts, made)


def strange(made: UUID) -> Iterator[list[str]]:
    """Find the SKUs that neither the shelves nor the catalogue know, some at a time."""
    last = ""
    while without := [sku for (sku,) in ask(STRANGERS, made, last, BATCH)]:
        last = without[-1]
        yield sorted(unknown_skus(without))


def too_low(made: Upload, *, most: int) -> list[tuple[str, str, int, int]]:
    """List counts below what is promised at this moment: SKU, location, counted, promised."""
    if made.kind != Kind.COUNTED.value:
        return []
    with transaction.atomic():
        ask(PATIENTLY)
        return [(sku, where, int(units), kept) for sku, where, units, kept in
                ask(TOO_LOW, made.pk, most)]  # fmt: skip


def release(made: UUID) -> bool:
    """Let the workers make what was tried; False if it was released before."""
    tried = Upload.objects.filter(pk=made, state=Upload.State.TRIED)
    return bool(tried.update(state=Upload.State.RELEASED))


def discard(made: UUID) -> None:
    """Forget a sheet that was only tried."""
    with transaction.atomic():
        ask(PATIENTLY)
        Upload.objects.filter(pk=made, state=Upload.State.TRIED).delete()


def make_released(*, seconds: float) -> None:
    """Make released sheets, the oldest first, for so many seconds; the rest waits."""
    end = time.monotonic() + seconds
    waiting = Upload.objects.filter(state=Upload.State.RELEASED).order_by("at")
    for made in waiting.values_list("pk", flat=True):
        while twice(lambda made=made: step(made)):  # type: ignore[misc]
            if time.monotonic() > end:
                return


def make(made: UUID) -> Iterator[int]:
    """Make a released sheet to its end; says after every step how many rows were made."""
    while twice(lambda: step(made)):
        yield Upload.objects.values_list("seen", flat=True).get(pk=made)


@transaction.atomic
def step(made: UUID) -> bool:
    """Make the next rows of a sheet; False if there are none, or somebody else is at it."""
    waiting = Upload.objects.select_for_update(skip_locked=True)
    sheet = waiting.filter(pk=made, state=Upload.State.RELEASED).first()
    if sheet is None:
        return False
    rows = ask(NEXT, made, sheet.at_sku, sheet.at_location, BATCH)
    if not rows:
        sheet.state = Upload.State.DONE
        sheet.save(update_fields=["state"])
        return False
    outcomes = moved([move_of(sheet, *row[:4]) for row in rows], sheet.actor)
    skus, locations = [row[0] for row in rows], [row[1] for row in rows]
    ask(TELL, skus, locations, [each.verdict.value for each in outcomes], made)
    sheet.at_sku, sheet.at_location = skus[-1], locations[-1]
    sheet.seen += sum(row[4] for row in rows)
    sheet.bad += sum(row[4] for row, each in zip(rows, outcomes, strict=True) if not each.good)
    sheet.save(update_fields=["at_sku", "at_location", "seen", "bad"])
    return True


def move_of(sheet: Upload, sku: str, location: str, units: int, reason: str) -> Move:
    """Make one move of all rows of a SKU at a location."""
    kind = Kind(sheet.kind)
    return Move(kind, sku, location, int(units), f"upload:{sheet.pk}", reason)


def told(made: UUID, *, bad_only: bool = False) -> Iterator[UploadRow]:
    """Read the rows with what came of them, some at a time."""
    lines = UploadRow.objects.filter(upload_id=made).order_by("line")
    if bad_only:
        lines = lines.exclude(outcome__in=["", Verdict.DONE.value, Verdict.REPEATED.value])
    last = 0
    while rows := list(islice(lines.filter(line__gt=last)[:BATCH], BATCH)):
        yield from rows
        last = rows[-1].line


def forget() -> None:
    """Drop sheets that nobody needs any more; what they moved stays in the ledger."""
    old = Upload.objects.filter(at__lt=clock.now() - KEPT).exclude(state=Upload.State.RELEASED)
    for made in old.values_list("pk", flat=True)[:10]:
        with transaction.atomic():
            ask(PATIENTLY)
            Upload.objects.filter(pk=made).delete()
