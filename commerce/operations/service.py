"""Operations as they are begun, done step by step, repeated for real, and cancelled."""

import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from commerce import clock, ids

from .models import Operation, Part, Refusal
from .works import Step, registry

MOST_TRIES = 10  # of one step; whoever is killed in the middle of it has tried, too
KEPT = timedelta(days=30)
DETAIL = 500  # characters
COPY_PARTS = "COPY operations_part (operation_id, number, first_line, content) FROM STDIN"
COPY_REFUSALS = "COPY operations_refusal (operation_id, line, code, detail) FROM STDIN"
TRY = """
UPDATE operations_operation SET tries = tries + 1,
    state = CASE WHEN tries >= %s THEN 'failed' ELSE state END
WHERE id = (
    SELECT id FROM operations_operation WHERE id = %s AND state = 'waiting' FOR UPDATE SKIP LOCKED
) RETURNING state = 'waiting'
"""


class Finished(Exception):
    """It is at its end, so that nothing can be cancelled or done again."""


class Piece(NamedTuple):
    """Some lines of a file, and the number of the first."""

    first_line: int
    content: bytes


def begin(
    work: str,
    *,
    name: str,
    owner: str,
    options: dict[str, Any],
    dry_run: bool = False,
    steps: int = 0,
    parts: Iterable[Piece] = (),
    id: UUID | None = None,
) -> Operation:
    """Keep what is to be done, a step for each part of a file; one operation for each id."""
    with transaction.atomic():
        told = {"work": work, "name": name[-255:], "owner": owner, "options": options}
        made, new = Operation.objects.get_or_create(
            id=id or ids.new(), defaults=told | {"dry_run": dry_run, "steps": steps}
        )
        if new and (kept := keep(made.pk, parts)):
            Operation.objects.filter(pk=made.pk).update(steps=kept)
    made.refresh_from_db()
    return made


def keep(operation: UUID, parts: Iterable[Piece]) -> int:
    """Write the parts of a file down, and count them."""
    number = 0
    with connection.cursor() as cursor, cursor.copy(COPY_PARTS) as copy:
        for number, part in enumerate(parts, 1):
            copy.write_row((operation, number - 1, part.first_line, part.content))
    return number


def go_on(*, seconds: float) -> None:
    """Do what waits, the oldest first, for so many seconds; the rest waits for the next time."""
    end = time.monotonic() + seconds
    waiting = Operation.objects.filter(state=Operation.State.WAITING).order_by("tries", "begun_at")
    for operation in waiting.values_list("pk", flat=True):
        while time.monotonic() < end and step(operation):
            pass


def step(operation: UUID) -> bool:
    """Do the next step; False if there is none, or somebody else is at it.

    A try is counted before it is made: what fails or kills its worker ten times is given up.
    """
    with connection.cursor() as cursor:
        cursor.execute(TRY, [MOST_TRIES, operation])
        if cursor.fetchone() != (True,):
            return False
    with transaction.atomic():
        waiting = Operation.objects.select_for_update(skip_locked=True)
        mine = waiting.filter(pk=operation, state=Operation.State.WAITING).first()
        if mine is None:
            return False
        if mine.at < mine.steps:
            part = Part.objects.filter(operation=mine, number=mine.at).first()
            note(mine, registry[mine.work].do(mine, part))
        if mine.at >= mine.steps:
            finish(mine)
        mine.tries = 0
        mine.save()
    return mine.state == Operation.State.WAITING


def note(mine: Operation, done: Step) -> None:
    """Count what a step did, and write down what it left out."""
    mine.at += 1
    mine.refused += len(done.refused)
    for name, count in done.figures.items():
        mine.figures[name] = mine.figures.get(name, 0) + count
    with connection.cursor() as cursor, cursor.copy(COPY_REFUSALS) as copy:
        for each in done.refused:
            copy.write_row((mine.pk, each.line, each.code, written(each.detail)))


def written(detail: str) -> str:
    """Write a detail in characters that can be kept."""
    return detail.encode("ascii", "backslashreplace").decode().replace("\0", "\\0")[:DETAIL]


def finish(mine: Operation) -> None:
    """Come to the end; the file stays only where it may be done again for real."""
    mine.state = Operation.State.DONE
    if not mine.dry_run:
        Part.objects.filter(operation=mine).delete()


@transaction.atomic
def do_for_real(operation: UUID) -> None:
    """Do what was a dry run; once, however often it is asked. Raises Finished for anything else."""
    mine = Operation.objects.select_for_update().get(pk=operation)
    if not mine.dry_run:
        return
    if mine.state != Operation.State.DONE:
        raise Finished
    Refusal.objects.filter(operation=mine).delete()
    mine.dry_run, mine.state, mine.at = False, Operation.State.WAITING, 0
    mine.refused, mine.figures = 0, {}
    mine.save()


@transaction.atomic
def cancel(operation: UUID) -> None:
    """Do no further step; what is done stays. Raises Finished if there was none to do."""
    mine = Operation.objects.select_for_update().get(pk=operation)
    waits = mine.state == Operation.State.WAITING
    if not waits and not (mine.dry_run and mine.state == Operation.State.DONE):
        raise Finished
    Operation.objects.filter(pk=operation).update(state=Operation.State.CANCELLED)
    Part.objects.filter(operation=mine).delete()


def forget() -> None:
    """Drop what ended long ago."""
    old = Operation.objects.filter(begun_at__lt=clock.now() - KEPT)
    for pk in old.exclude(state=Operation.State.WAITING).values_list("pk", flat=True)[:100]:
        Operation.objects.filter(pk=pk).delete()
