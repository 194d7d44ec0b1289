"""Levels over the API: how they stand, and how they sell; figures change by movements alone."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem, ProblemError
from commerce.rest.shapes import Body

from ..domain.moves import MOST
from ..interface import Policy
from ..models import Level
from ..service import levels
from ..service.locations import Changed

Units = Annotated[int, Meta(ge=0, le=MOST)]


class Settings(Body, frozen=True):
    """What to change; what is left out stays as it is."""

    policy: Policy | UnsetType = UNSET
    safety: Units | UnsetType = UNSET
    backorder: Units | UnsetType = UNSET
    expected: date | UnsetType | None = UNSET


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A level. Of what is on hand, `safety` units are never sold; `backorder` units are before
    they are here, `expected` on a day."""

    sku: str
    location: str
    policy: str
    on_hand: int
    held: int
    allocated: int
    free: int
    safety: int
    backorder: int
    expected: date | None


@endpoint("GET", credentials=("sk",), scopes=("stock:read",), answers={200: Shown})
def show(request: ApiRequest, level: str) -> Reply:
    """Show a level; the ETag names its settings, which sales do not change."""
    try:
        return reply(levels.find(*named(level)))
    except Level.DoesNotExist:
        raise Problem("not-found") from None


@endpoint(
    "PATCH",
    credentials=("sk",),
    scopes=("stock:write",),
    body=Settings,
    if_match=True,
    idempotency="accepted",
    answers={200: Shown},
    problems=("level-below-promised",),
)
def change(request: ApiRequest, level: str, *, body: Settings, expected: int) -> Reply:
    """Change how a level sells."""
    given = {name: value for name, value in msgspec.structs.asdict(body).items()
             if value is not UNSET}  # fmt: skip
    if isinstance(body.policy, Policy):
        given["policy"] = body.policy.value
    try:
        return reply(levels.change(*named(level), expected=expected, settings=given))
    except Level.DoesNotExist:
        raise Problem("not-found") from None
    except Changed as refusal:
        headers = {"ETag": f'"{refusal.version}"'}
        raise Problem("precondition-failed", headers=headers) from None
    except levels.BackorderUsed:
        error = ProblemError(pointer="/backorder", code="level-below-promised")
        raise Problem("level-below-promised", errors=[error]) from None


def named(level: str) -> tuple[str, str]:
    """Read `SKU@location`; a SKU may have an @ of its own."""
    sku, _, location = level.rpartition("@")
    return sku.replace("\0", ""), location.replace("\0", "")


def reply(level: Level) -> Reply:
    """Answer with a level."""
    free = level.on_hand - level.safety - level.held - level.allocated
    fields = {name: getattr(level, name) for name in Shown.__struct_fields__ if name != "free"}
    return Reply(200, Shown(**fields, free=max(0, free)), version=levels.version(level))
