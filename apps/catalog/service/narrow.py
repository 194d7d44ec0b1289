"""Which standing products do not fit a class: looked for some at a time."""

from collections.abc import Iterator
from uuid import UUID

from django.db import connection

from apps.catalog.domain import Classes
from apps.catalog.interface import ProductClass

from . import words
from .read import DOCUMENT

FIRST = UUID(int=0)
LOOKED_AT = 2_000  # products of a class, at once
SOME = """
SELECT id, document::text FROM catalog_product WHERE id > %s AND product_class = %s
ORDER BY id LIMIT %s
"""
Misfit = tuple[str, tuple[str, ...]]  # key of a product, and why it does not fit


def misfits(wanted: ProductClass, after: UUID | None) -> tuple[list[Misfit], UUID | None]:
    """Judge the next products of a class by what it shall be; returns where to go on."""
    sorts = Classes((wanted,), words.attributes())
    with connection.cursor() as cursor:
        cursor.execute(SOME, [after or FIRST, wanted.code, LOOKED_AT])
        rows = cursor.fetchall()
    more = rows[-1][0] if len(rows) == LOOKED_AT else None
    return list(unfit(sorts, (document for _, document in rows))), more


def unfit(sorts: Classes, documents: Iterator[str]) -> Iterator[Misfit]:
    """Name the products that have something against them."""
    for draft in map(DOCUMENT.decode, documents):
        if reasons := tuple(sorts.problems(draft)):
            yield draft.key, reasons
