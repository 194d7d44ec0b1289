"""Collections over the API: products gathered by a rule."""

from typing import Annotated, Any

import msgspec
from django.http import HttpRequest

from apps.catalog.interface import BadWords, Collection, Kind, Rule
from apps.catalog.service.edit import Stale
from apps.catalog.service.gather import collections, set_collection
from commerce import ids
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem

from .problems import refused, stale

CACHED = 60  # seconds at the edge
KEYS = ("pk", "sk")
Values = Annotated[tuple[str, ...], msgspec.Meta(max_length=1000)]


class RuleBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which products fit: all that is said, and of each list any. `within` are category ids."""

    within: Values = ()
    classes: Values = ()
    kinds: tuple[Kind, ...] = ()
    attributes: dict[str, Values] = {}


class CollectionBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a collection shall be; texts are by language, the description is HTML."""

    name: dict[str, str]
    rule: RuleBody
    description: dict[str, str] = {}


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """A collection; `operation` says how far products that stood before have been looked at."""

    id: str
    version: int
    name: dict[str, str]
    description: dict[str, str]
    rule: RuleBody
    operation: str | msgspec.UnsetType = msgspec.UNSET


class Collections(msgspec.Struct, frozen=True):
    """All collections."""

    data: tuple[Gathered, ...]


@endpoint("GET", credentials=KEYS, cache=CACHED, answers={200: Collections})
def listed(request: HttpRequest) -> Reply:
    """List collections; products name those they are in."""
    return Reply(200, {"data": [shown(each) for each in collections()]})


@endpoint("GET", credentials=KEYS, cache=CACHED, answers={200: Gathered})
def show(request: HttpRequest, slug: str) -> Reply:
    """Return one collection."""
    found = named(slug)
    return Reply(200, shown(found), version=found.version)


@endpoint(
    "PUT",
    credentials=("sk",),
    scopes=("catalog:write",),
    body=CollectionBody,
    if_match=True,
    idempotency="accepted",
    answers={200: Gathered},
    problems=("catalog-refused",),
)
def put(request: ApiRequest, slug: str, *, body: CollectionBody, expected: int) -> Reply:
    """Set a collection; version 0 makes a new one. Workers gather what stood before the rule."""
    rule = msgspec.convert(msgspec.to_builtins(body.rule), Rule)
    wanted = Collection(slug, body.name, rule, body.description)
    try:
        operation = set_collection(wanted, seen=expected, owner=request.caller.owner)
    except Stale:
        version = next((each.version for each in collections() if each.slug == slug), 0)
        raise stale(version) from None
    except BadWords as refusal:
        raise refused(refusal.problems) from None
    found = named(slug)
    begun = {"operation": ids.public("op", operation)} if operation else {}
    return Reply(200, shown(found) | begun, version=found.version)


def named(slug: str) -> Collection:
    """Find a collection by its slug."""
    for each in collections():
        if each.slug == slug:
            return each
    raise Problem("not-found")


def shown(each: Collection) -> dict[str, Any]:
    """Write a collection as the API does."""
    return {
        "id": each.slug,
        "version": each.version,
        "name": each.name,
        "description": each.description,
        "rule": each.rule,
    }
