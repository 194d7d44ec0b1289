"""Whose a field is: what a merchant changed by hand is the shop's, and imports leave it alone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from apps.catalog.interface import ProductDraft

from .columns import SILENT, document

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
    brought = SILENT | document(draft)
    return replace(draft, **kept), {name: brought[name] for name in owned}


def edited(before: ProductDraft, after: ProductDraft, owned: Mapping[str, Any]) -> Owned:
    """Take for the shop what was changed by hand, and give back what is as imports say again."""
    now: Owned = dict(owned)
    old, new = (SILENT | document(each) for each in (before, after))
    for name in OWNABLE:
        if name in now and now[name] == new[name]:
            del now[name]
        elif old[name] != new[name]:
            now.setdefault(name, old[name])
    return now


def given_back(draft: ProductDraft, owned: Mapping[str, Any], names: set[str]) -> ProductDraft:
    """Put back what the last import said of some fields."""
    return msgspec.convert(document(draft) | {name: owned[name] for name in names}, ProductDraft)
