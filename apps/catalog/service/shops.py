"""What is the shop's of a product: imports leave it as it stands."""

from typing import Any

import msgspec
from django.db import connection

from apps.catalog.domain import fold, laid_over
from apps.catalog.interface import ProductDraft

from .read import DOCUMENT, askable

OWNED = """
SELECT p.key, p.id, p.owned::text, p.document::text
FROM unnest(%s::text[]) asked (key) JOIN catalog_product p ON upper(p.key) = upper(asked.key)
WHERE p.owned <> '{}'
"""
REMEMBER = "UPDATE catalog_product SET owned = %s::jsonb WHERE id = %s AND owned <> %s::jsonb"
Said = dict[Any, str]  # product -> what an import says of the shop's fields, as JSON


def lay_over(drafts: tuple[ProductDraft, ...]) -> tuple[tuple[ProductDraft, ...], Said]:
    """Put the shop's fields into drafts that an import brings."""
    with connection.cursor() as cursor:
        cursor.execute(OWNED, [askable(draft.key for draft in drafts)])
        standing = {fold(key): row for key, *row in cursor.fetchall()}
    if not standing:
        return drafts, {}
    laid, said = list(drafts), {}
    for n, draft in enumerate(drafts):
        if row := standing.get(fold(draft.key)):
            id, owned, document = row
            before, mine = DOCUMENT.decode(document), msgspec.json.decode(owned)
            laid[n], told = laid_over(draft, before, mine)
            said[id] = msgspec.json.encode(told).decode()
    return tuple(laid), said


def remember(said: Said) -> None:
    """Keep what an import says of the shop's fields, to go back to."""
    with connection.cursor() as cursor:
        cursor.executemany(REMEMBER, [(told, id, told) for id, told in said.items()])
