"""Whose a field is: what a merchant changed by hand is the shop's, and imports leave it alone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from apps.catalog.interface import ProductDraft

OWNABLE = frozenset(
    {
        *("slug", "slugs", "name", "summary", "description", "product_class", "categories"),
        *("attributes", "pictures", "related", "accessories", "replacement", "tax_class"),
        *("online", "online_from", "online_until", "visibility"),
    }
)
Owned = dict[str, Any]  # field -> what the last import said of it


def laid_over(
    draft: ProductDraft, standing: ProductDraft, owned: Mapping[str, Any]
) -> tuple[ProductDraft, Owned]:
    """Keep what is the shop's of a product, and remember what the import says of it."""
    kept = {name: getattr(standing, name) for name in owned}
    said = {name: msgspec.to_builtins(getattr(draft, name)) for name in owned}
    return replace(draft, **kept), said


def edited(before: ProductDraft, after: ProductDraft, owned: Mapping[str, Any]) -> Owned:
    """Take for the shop what was changed by hand, and give back what is as imports say again."""
    now: Owned = dict(owned)
    for name in OWNABLE:
        old, new = (msgspec.to_builtins(getattr(each, name)) for each in (before, after))
        if name in now and now[name] == new:
            del now[name]
        elif old != new:
            now.setdefault(name, old)
    return now


def given_back(draft: ProductDraft, owned: Mapping[str, Any], names: set[str]) -> ProductDraft:
    """Put back what the last import said of some fields."""
    document = msgspec.to_builtins(replace(draft)) | {name: owned[name] for name in names}
    return msgspec.convert(document, ProductDraft)
