"""Movements by the thousand: one line of JSON for each, in and out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Literal

import msgspec

from commerce.rest import bodies
from commerce.rest.endpoint import ApiRequest, Lines, Reply, endpoint
from commerce.rest.lines import read_lines, written
from commerce.rest.problems import Problem, ProblemError
from commerce.rest.shapes import Body

from .. import service
from ..domain.moves import Kind, Move, NotMoved, Outcome, flaw
from ..interface import MAIN
from .movements import Code, Sku, Text, Units, actor, own_reference
from .problems import flaw_error, refusal_error

CHUNK = 200  # lines in one transaction
MOST_TOGETHER = 500  # lines that are moved all or not at all; their shelves wait meanwhile
TOLD = 100  # errors in one problem


class MovementLine(Body, frozen=True):
    """One line: what happened to the units of a SKU at a location.

    Without a `reference`, the Idempotency-Key and the number of the line are it.
    """

    kind: Kind
    sku: Sku
    quantity: Units
    location: Code = MAIN
    to: Code | None = None
    reference: Text = ""
    reason: Text = ""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What a bad line means for the others."""

    error_policy: Literal["skip_failed", "reject_all"] = "reject_all"


class LineMoved(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of a line: `done`, `repeated`, or `refused` with the errors."""

    line: int
    status: str
    difference: int = 0
    on_hand: int | None = None
    errors: list[dict[str, Any]] = []


@dataclass(frozen=True)
class Given:
    """A line by its number, as a move or as what is wrong with it."""

    line: int
    move: Move | None = None
    error: ProblemError | None = None


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=("stock:write",),
    lines=MovementLine,
    query=Policy,
    idempotency="natural",
    answers={200: LineMoved},
    problems=("movements-rejected",),
)
def create_many(request: ApiRequest, *, query: Policy) -> Reply:
    """Write down many movements, one JSON object a line; answers with one line for each.

    Send the same lines with the same Idempotency-Key again after a broken connection: what was
    done is told as `repeated`. `reject_all` takes up to 500 lines and does all or nothing;
    `skip_failed` does what is possible, up to 256 MB.
    """
    given = numbered(read_lines(request), own_reference(request))
    together = query.error_policy == "reject_all"
    outcomes = (all_or_none if together else possible)(given, actor(request))
    return Lines(file=written(outcomes))


def possible(given: Iterator[Given], actor: str) -> Iterator[LineMoved]:
    """Make every move that is possible, so many at a time."""
    while chunk := list(islice(given, CHUNK)):
        outcomes = iter(service.move_each([each.move for each in chunk if each.move], actor=actor))
        for each in chunk:
            yield told(each.line, next(outcomes)) if each.move else refused(each.line, each.error)


def all_or_none(given: Iterator[Given], actor: str) -> Iterable[LineMoved]:
    """Make all moves or refuse with everything that is wrong."""
    lines = list(islice(given, MOST_TOGETHER + 1))
    if len(lines) > MOST_TOGETHER:
        detail = f"reject_all takes up to {MOST_TOGETHER:,} lines; use error_policy=skip_failed."
        raise Problem("movements-rejected", status=413, detail=detail)
    if bad := [each for each in lines if each.error]:
        raise rejected([numbered_error(each.line, each.error) for each in bad if each.error])
    moves = [each.move for each in lines if each.move]
    places = {each.move: each.line for each in reversed(lines)}
    try:
        outcomes = service.move(moves, actor=actor)
    except NotMoved as refusal:
        bad_lines = [(places[each.move], each) for each in refusal.outcomes]
        raise rejected(
            [numbered_error(line, refusal_error(each, "")) for line, each in bad_lines]
        ) from None
    return [told(each.line, outcome) for each, outcome in zip(lines, outcomes, strict=True)]


def numbered(lines: Iterator[bytes], upload: str) -> Iterator[Given]:
    """Read the lines, the first of which is 1; empty ones are passed over."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield read(number, line, upload)


def read(number: int, line: bytes, upload: str) -> Given:
    """Read one line."""
    try:
        body = bodies.decode(line, MovementLine)
    except Problem as problem:
        error = next(iter(problem.errors), None)
        return Given(
            number, error=error or ProblemError(code=problem.kind.code, detail=problem.detail)
        )
    reference = body.reference or f"{upload}:{number}"
    move = Move(
        body.kind, body.sku, body.location, body.quantity, reference, body.reason, body.to or ""
    )
    found = flaw(move)
    return Given(number, error=flaw_error(found, "")) if found else Given(number, move)


def told(line: int, outcome: Outcome) -> LineMoved:
    """Write what came of a move."""
    if not outcome.good:
        return refused(line, refusal_error(outcome, ""))
    return LineMoved(
        line=line,
        status=outcome.verdict.value,
        difference=outcome.difference,
        on_hand=outcome.on_hand,
    )


def refused(line: int, error: ProblemError | None) -> LineMoved:
    """Write why a line was left out."""
    return LineMoved(line=line, status="refused", errors=[error.to_json()] if error else [])


def numbered_error(line: int, error: ProblemError) -> ProblemError:
    """Say in which line an error is."""
    return replace(error, meta={"line": line, **(error.meta or {})})


def rejected(errors: Sequence[ProblemError]) -> Problem:
    """Refuse everything."""
    return Problem("movements-rejected", errors=errors[:TOLD])
