"""Product classes over the API: what products of one sort have to say, as JSON Schema."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest

from apps.catalog.domain import schema
from apps.catalog.interface import BadWords, ProductClass, Trait
from apps.catalog.service.edit import Stale
from apps.catalog.service.narrow import misfits
from apps.catalog.service.sorts import set_class
from apps.catalog.service.words import attributes, classes
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem

from .problems import refused, stale

CACHED = 60  # seconds at the edge
KEYS = ("pk", "sk")


class TraitBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a class says of one attribute; limits are numbers as text."""

    attribute: str
    required: bool = False
    variant: bool = False
    least: Decimal | None = None
    most: Decimal | None = None


class ClassBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a class shall be."""

    label: dict[str, str]
    traits: tuple[TraitBody, ...] = ()
    open: bool = True


class Class(msgspec.Struct, frozen=True, kw_only=True):
    """A product class; `schema` is JSON Schema (draft 2020-12) for what attributes mean."""

    id: str
    version: int
    label: dict[str, str]
    open: bool
    traits: tuple[TraitBody, ...]
    schema: dict[str, Any]


class Classes(msgspec.Struct, frozen=True):
    """All product classes."""

    data: tuple[Class, ...]


class MisfitQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Where to go on looking."""

    after: UUID | None = None


class Misfit(msgspec.Struct, frozen=True):
    """A product that stands and would be refused if it were saved again."""

    key: str
    reasons: tuple[str, ...]


class Misfits(msgspec.Struct, frozen=True):
    """Those found among the next products; go on with `next` until it is null."""

    data: tuple[Misfit, ...]
    next: UUID | None


@endpoint("GET", credentials=KEYS, cache=CACHED, answers={200: Classes})
def listed(request: HttpRequest) -> Reply:
    """List product classes."""
    return Reply(200, {"data": [shown(each) for each in classes()]})


@endpoint("GET", credentials=KEYS, cache=CACHED, answers={200: Class})
def show(request: HttpRequest, code: str) -> Reply:
    """Return one product class with its schema."""
    found = named(code)
    return Reply(200, shown(found), version=found.version)


@endpoint(
    "PUT",
    credentials=("sk",),
    scopes=("catalog:write",),
    body=ClassBody,
    if_match=True,
    idempotency="accepted",
    answers={200: Class},
    problems=("catalog-refused",),
)
def put(request: ApiRequest, code: str, *, body: ClassBody, expected: int) -> Reply:
    """Set a product class; version 0 makes a new one.

    Products that stand stay as they are: `misfits` names those that the class fits no more.
    """
    traits = msgspec.convert(msgspec.to_builtins(body.traits), tuple[Trait, ...])
    try:
        set_class(ProductClass(code, body.label, traits, body.open), seen=expected)
    except Stale:
        raise stale(next((each.version for each in classes() if each.code == code), 0)) from None
    except BadWords as refusal:
        raise refused(refusal.problems) from None
    found = named(code)
    return Reply(200, shown(found), version=found.version)


@endpoint("GET", credentials=("sk",), query=MisfitQuery, answers={200: Misfits})
def misfitting(request: HttpRequest, code: str, *, query: MisfitQuery) -> Reply:
    """Name the products that do not fit their class as it is now, some at a time."""
    found, more = misfits(named(code), query.after)
    return Reply(200, {"data": [Misfit(key, reasons) for key, reasons in found], "next": more})


def named(code: str) -> ProductClass:
    """Find a class by its code."""
    for each in classes():
        if each.code == code:
            return each
    raise Problem("not-found")


def shown(each: ProductClass) -> dict[str, Any]:
    """Write a class as the API does."""
    known = {attribute.code: attribute for attribute in attributes()}
    return {
        "id": each.code,
        "version": each.version,
        "label": each.label,
        "open": each.open,
        "traits": each.traits,
        "schema": schema(each, known),
    }
