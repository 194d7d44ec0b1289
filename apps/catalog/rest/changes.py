"""Changing one product over the API, against the version that was read."""

from dataclasses import MISSING, fields
from typing import Any, get_type_hints

import msgspec

from apps.catalog.domain import document
from apps.catalog.interface import Product, ProductDraft
from apps.catalog.service import CatalogService
from apps.catalog.service.edit import Stale, replace_whole, withdraw
from commerce import ids
from commerce.rest.endpoint import ApiRequest, Reply, endpoint

from .problems import refused, stale
from .products import Document, named, whole

HINTS = get_type_hints(ProductDraft)
Whole = msgspec.defstruct(
    "Whole",
    [
        (each.name, HINTS[each.name])
        if each.default is MISSING and each.default_factory is MISSING
        else (
            each.name,
            HINTS[each.name],
            msgspec.field(default_factory=each.default_factory)
            if each.default_factory is not MISSING
            else msgspec.field(default=each.default),
        )
        for each in fields(ProductDraft)
        if each.name != "key"
    ],
    kw_only=True,
    frozen=True,
    forbid_unknown_fields=True,
)
Changes = msgspec.defstruct(
    "Changes",
    [(each.name, Any, msgspec.UNSET) for each in fields(ProductDraft) if each.name != "key"],
    kw_only=True,
    frozen=True,
    forbid_unknown_fields=True,
)
TERMS: dict[str, Any] = {
    "credentials": ("sk",),
    "scopes": ("catalog:write",),
    "if_match": True,
    "idempotency": "accepted",
    "problems": ("catalog-refused",),
}


@endpoint("PUT", body=Whole, answers={200: Document}, **TERMS)
def put(request: ApiRequest, product: str, *, body: msgspec.Struct, expected: int) -> Reply:
    """Replace everything about a product but its key; categories are paths of names."""
    return written(named(product), msgspec.to_builtins(body), expected)


@endpoint("PATCH", body=Changes, answers={200: Document}, **TERMS)
def patch(request: ApiRequest, product: str, *, body: msgspec.Struct, expected: int) -> Reply:
    """Change some fields by JSON Merge Patch (RFC 7396); categories are paths of names."""
    found = named(product)
    return written(found, merged(document(found.draft), msgspec.to_builtins(body)), expected)


@endpoint(
    "DELETE",
    credentials=("sk",),
    scopes=("catalog:write",),
    if_match=True,
    idempotency="accepted",
)
def delete(request: ApiRequest, product: str, *, expected: int) -> Reply:
    """Remove a product with its SKUs and addresses; orders keep what was bought."""
    found = named(product)
    try:
        withdraw(found.id, seen=expected)
    except Stale:
        raise stale(now(found)) from None
    return Reply(204)


def written(found: Product, fields: dict[str, Any], expected: int) -> Reply:
    """Write a product as it shall be, and show it."""
    try:
        draft = msgspec.convert(fields | {"key": found.draft.key}, ProductDraft)
    except msgspec.ValidationError as problem:
        raise refused([f"{problem}."]) from None
    try:
        outcome = replace_whole(draft, seen=expected)
    except Stale:
        raise stale(now(found)) from None
    if outcome.problems:
        raise refused(outcome.problems)
    (after,) = CatalogService().products(ids=(found.id,))
    head = {"id": ids.public("prod", after.id), "updated_at": after.updated_at}
    told = head | {"version": after.version, "online": after.draft.online}
    return Reply(200, told | whole(after), version=after.version)


def now(found: Product) -> int:
    """Tell which version a product has."""
    return next((each.version for each in CatalogService().products(ids=(found.id,))), 0)


def merged(target: Any, patch: Any) -> Any:
    """Lay a merge patch over a value, as RFC 7396 says."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result
