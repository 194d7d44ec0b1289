"""How a settled draft is kept: its document, and the columns that queries need beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from apps.catalog.interface import Kind, ProductDraft, Rule, slugs

from .collections import gathered

REQUIRED: dict[str, Any] = {"key": "", "kind": Kind.SIMPLE, "name": {}, "slug": ""}
SILENT = {
    name: value
    for name, value in msgspec.to_builtins(ProductDraft(**REQUIRED)).items()
    if name not in REQUIRED
}
PARTS = {"variants", "pictures"}


@dataclass(frozen=True)
class Columns:
    """Everything that follows from a draft alone."""

    key: str
    slug: str
    kind: str
    product_class: str
    online: bool
    online_from: datetime | None
    online_until: datetime | None
    name: str  # in the default language
    taxed_as: str
    made_of: list[dict[str, Any]]
    listed_in: list[str]  # paths of slugs, parents too
    collections: list[str]
    document: dict[str, Any]
    digest: str


def columns(draft: ProductDraft, *, language: str, rules: Mapping[str, Rule]) -> Columns:
    """Work out the columns of a draft; rules are those of all collections, by slug."""
    kept = document(draft)
    listed_in = with_parents(draft.categories)
    return Columns(
        key=draft.key,
        slug=draft.slug,
        kind=draft.kind.value,
        product_class=draft.product_class,
        online=draft.online,
        online_from=draft.online_from,
        online_until=draft.online_until,
        name=draft.name.get(language, ""),
        taxed_as=draft.tax_class,
        made_of=kept.get("components", []),
        listed_in=listed_in,
        collections=gathered(draft, listed_in, rules),
        document=kept,
        digest=digest_of(kept),
    )


def document(draft: ProductDraft) -> dict[str, Any]:
    """Write a draft down, without the fields that say nothing."""
    said = msgspec.to_builtins(draft)
    for name in PARTS & said.keys():
        said[name] = [{k: v for k, v in part.items() if v} for part in said[name]]
    return {
        name: value for name, value in said.items() if name in REQUIRED or value != SILENT[name]
    }


def digest(draft: ProductDraft) -> str:
    """Fingerprint a settled draft, whatever the order of its names and languages."""
    return digest_of(document(draft))


def digest_of(kept: Mapping[str, Any]) -> str:
    """Fingerprint a document."""
    return sha256(msgspec.json.encode(kept, order="deterministic")).hexdigest()


def with_parents(categories: Iterable[str]) -> list[str]:
    """List every category on these paths of names, by its path of slugs."""
    found: set[str] = set()
    for path in map(slugs, categories):
        steps = path.split("/")
        found.update("/".join(steps[:depth]) for depth in range(1, len(steps) + 1))
    return sorted(found - {""})
