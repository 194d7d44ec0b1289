"""Movements over the API: what came, what was counted, corrected, returned or moved, and why."""

import hashlib
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from commerce import ids
from commerce.rest import keys
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.pagination import Cursor, PageQuery, page, position
from commerce.rest.shapes import Body

from .. import service
from ..domain.moves import LONGEST, MOST, Kind, Move, NotMoved, Outcome, flaw
from ..interface import MAIN
from ..models import Movement
from .problems import REFUSALS, impossible, invalid

Sku = Annotated[str, Meta(min_length=1, max_length=LONGEST)]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
Text = Annotated[str, Meta(max_length=LONGEST)]
Units = Annotated[int, Meta(ge=-MOST, le=MOST)]
MOST_LINES = 500


class Line(Body, frozen=True):
    """So many units of a SKU; below zero only in a correction."""

    sku: Sku
    quantity: Units


class NewMovement(Body, frozen=True):
    """What happened to some SKUs at a location; `to` is where moved units go.

    The same SKU twice is added up. What was done under a `reference` before is not done again;
    without one, the Idempotency-Key is it.
    """

    kind: Kind
    lines: Annotated[tuple[Line, ...], Meta(min_length=1, max_length=MOST_LINES)]
    location: Code = MAIN
    to: Code | None = None
    reference: Text = ""
    reason: Text = ""


class Moved(msgspec.Struct, kw_only=True, frozen=True):
    """What came of a line: `done`, or `repeated` if its reference had been there before."""

    sku: str
    location: str
    status: str
    difference: int
    on_hand: int


class Done(msgspec.Struct, frozen=True):
    """What came of every SKU."""

    data: list[Moved]
    reference: str


class Step(msgspec.Struct, kw_only=True, frozen=True):
    """A step of the ledger with the difference it made; no step ever changes."""

    id: str
    at: datetime
    sku: str
    location: str
    kind: str
    on_hand: int
    allocated: int
    reference: str
    reason: str
    actor: str


class Ledger(msgspec.Struct, frozen=True):
    """A page of the ledger, the oldest step first."""

    data: list[Step]
    page: Cursor


class LedgerQuery(PageQuery, frozen=True):
    """Which steps: of a SKU, at a location, of a kind, or under a reference."""

    sku: Sku | UnsetType = UNSET
    location: Code | UnsetType = UNSET
    kind: Text | UnsetType = UNSET
    reference: Text | UnsetType = UNSET


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=("stock:write",),
    body=NewMovement,
    idempotency="natural",
    answers={201: Done},
    problems=("movement-invalid", *REFUSALS),
)
def create(request: ApiRequest, *, body: NewMovement) -> Reply:
    """Write down what happened to the goods: all lines or none."""
    reference = body.reference or own_reference(request)
    moves, pointers = summed(body, reference)
    if flaws := [(found, pointers[each.sku]) for each in moves if (found := flaw(each))]:
        raise invalid(flaws)
    try:
        outcomes = service.move(moves, actor=actor(request))
    except NotMoved as refusal:
        raise impossible([(each, pointers[each.move.sku]) for each in refusal.outcomes]) from None
    return Reply(201, Done([moved(each) for each in outcomes], reference))


@endpoint(
    "GET", credentials=("sk",), scopes=("stock:read",), query=LedgerQuery, answers={200: Ledger}
)
def ledger(request: ApiRequest, *, query: LedgerQuery) -> Reply:
    """Read the ledger from its first step, or from where the last page ended."""
    wanted = {"sku": query.sku, "location": query.location, "kind": query.kind}
    wanted["reference"] = cause(query.reference)
    steps = Movement.objects.order_by("id").filter(
        **{name: value for name, value in wanted.items() if value is not UNSET}
    )
    if (after := position(query, int)) is not None:
        steps = steps.filter(id__gt=after)
    rows = list(steps[: query.limit + 1])
    return page(request, query, rows, place=lambda step: step.pk, show=shown)


def summed(body: NewMovement, reference: str) -> tuple[list[Move], dict[str, str]]:
    """Make one move of each SKU, and remember where the body names it first."""
    units: dict[str, int] = {}
    pointers: dict[str, str] = {}
    for place, line in enumerate(body.lines):
        units[line.sku] = units.get(line.sku, 0) + line.quantity
        pointers.setdefault(line.sku, f"/lines/{place}")
    moves = [
        Move(body.kind, sku, body.location, many, reference, body.reason, body.to or "")
        for sku, many in units.items()
    ]
    return moves, pointers


def own_reference(request: ApiRequest) -> str:
    """Make the caller's Idempotency-Key a reference that nobody else can have."""
    key = request.headers["Idempotency-Key"]
    return "api:" + hashlib.sha256(f"{request.caller.owner} {key}".encode()).hexdigest()[:32]


def actor(request: ApiRequest) -> str:
    """Name the key, as the merchant knows it."""
    return keys.name(request.caller.owner.removeprefix("sk:"))


def moved(outcome: Outcome) -> Moved:
    """Write what came of a move."""
    return Moved(
        sku=outcome.move.sku,
        location=outcome.move.location,
        status=outcome.verdict.value,
        difference=outcome.difference,
        on_hand=outcome.on_hand,
    )


def cause(reference: str | UnsetType) -> str | UnsetType:
    """Read an order's public id as the ledger keeps it."""
    try:
        return str(ids.parse("ord", reference)) if isinstance(reference, str) else reference
    except ids.UnknownId:
        return reference


def shown(step: Movement) -> dict[str, Any]:
    """Write a step of the ledger."""
    reference = step.public_reference
    fields = {name: getattr(step, name) for name in Step.__struct_fields__}
    return fields | {"id": str(step.pk), "reference": reference}
