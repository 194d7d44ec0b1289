"""Where every 202 ends: how far an operation is, what came of it, and what it left out."""

from datetime import datetime
from typing import Any

import msgspec
from django.urls import reverse

from commerce import ids
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.pagination import Cursor, PageQuery, page, position
from commerce.rest.problems import Problem, register

from . import service
from .models import Operation, Refusal
from .works import registry

LOOK_AGAIN = "2"  # seconds
TOLD = 20  # of what was left out; the others are a page of their own
STATUSES = {
    Operation.State.DONE: "succeeded",
    Operation.State.FAILED: "failed",
    Operation.State.CANCELLED: "cancelled",
}

register(
    "operation-finished",
    status=409,
    title="The operation has ended",
    text="What is done cannot be cancelled. `GET` the operation to see what came of it.",
)


class Progress(msgspec.Struct, frozen=True):
    """How many steps there are, and how many are done."""

    done: int
    steps: int


class LeftOut(msgspec.Struct, frozen=True):
    """A line that was left out, and why."""

    line: int
    code: str
    detail: str


class OperationShown(msgspec.Struct, frozen=True, kw_only=True):
    """An operation; `result` has figures by name, and `refused` counts the lines left out.

    `problem` is told by one that was given up: what is done stays, and the rest was not begun.
    """

    id: str
    kind: str
    name: str
    status: str
    dry_run: bool
    progress: Progress
    result: dict[str, Any]
    refused: int
    refusals: list[LeftOut]
    problem: str | None
    begun_at: datetime


class Page(msgspec.Struct, frozen=True):
    """A page of what was left out, by line."""

    data: list[LeftOut]
    page: Cursor


@endpoint("GET", credentials=("sk",), answers={200: OperationShown})
def show(request: ApiRequest, operation: str) -> Reply:
    """Tell how far an operation is; it is told to whoever began it."""
    mine = found(request, operation)
    waits = mine.state == Operation.State.WAITING
    return Reply(200, shown(mine), {"Retry-After": LOOK_AGAIN} if waits else {})


@endpoint("DELETE", credentials=("sk",), answers={204: None}, problems=("operation-finished",))
def cancel(request: ApiRequest, operation: str) -> Reply:
    """Do no further step; what is done stays done."""
    try:
        service.cancel(found(request, operation).pk)
    except service.Finished:
        raise Problem("operation-finished") from None
    return Reply(204)


@endpoint("GET", credentials=("sk",), query=PageQuery, answers={200: Page})
def refusals(request: ApiRequest, operation: str, *, query: PageQuery) -> Reply:
    """List the lines that were left out, by their numbers."""
    after = position(query, int) or 0
    rows = Refusal.objects.filter(operation=found(request, operation), line__gt=after)
    shown = list(rows.order_by("line")[: query.limit + 1])
    return page(request, query, shown, place=lambda row: row.line, show=left_out)


def accepted(operation: Operation) -> Reply:
    """Answer 202 with where to look."""
    place = reverse("operation", args=[ids.public("op", operation.pk)])
    return Reply(202, shown(operation), {"Location": place, "Retry-After": LOOK_AGAIN})


def found(request: ApiRequest, text: str) -> Operation:
    """Find an operation of whoever asks; there are no others."""
    try:
        return Operation.objects.get(pk=ids.parse("op", text), owner=request.caller.owner)
    except (ids.UnknownId, Operation.DoesNotExist):
        raise Problem("not-found") from None


def shown(mine: Operation) -> OperationShown:
    """Write an operation."""
    begun = "running" if mine.at else "pending"
    failed = mine.state == Operation.State.FAILED
    return OperationShown(
        id=ids.public("op", mine.pk),
        kind=mine.work,
        name=mine.name,
        status=STATUSES.get(Operation.State(mine.state), begun),
        dry_run=mine.dry_run,
        progress=Progress(mine.at, mine.steps),
        result=mine.figures | dict(registry[mine.work].result(mine)),
        refused=mine.refused,
        refusals=[left_out(each) for each in mine.refusals.order_by("line")[:TOLD]],
        problem="A step failed again and again." if failed else None,
        begun_at=mine.begun_at,
    )


def left_out(row: Refusal) -> LeftOut:
    """Write a line that was left out."""
    return LeftOut(row.line, row.code, row.detail)
