"""New products are copied in, several times as fast as inserted; nothing of them is there yet."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from apps.catalog.domain import Columns, picture_for
from commerce import ids

from .judge import Verdict

NAMES = tuple(each.name for each in fields(Columns))
DOCUMENTS, ARRAYS = {"document", "made_of"}, {"listed_in", "collections"}
PRODUCTS = f"COPY catalog_product (id, {', '.join(NAMES)}, version, updated_at) FROM STDIN"
VARIANTS = """
COPY catalog_variant (sku, product_id, position, options, weight, picture, external_id) FROM STDIN
"""


def fill(verdicts: Sequence[Verdict], now: datetime) -> list[UUID]:
    """Write new products and their SKUs, and return the ids they were given."""
    made = sorted(ids.new() for _ in verdicts)  # in the order in which they were brought
    copied(PRODUCTS, products(zip(made, verdicts, strict=True), now))
    copied(VARIANTS, variants(zip(made, verdicts, strict=True)))
    return made


def copied(statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Send rows as fast as the server takes them."""
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def products(pairs: Iterable[tuple[UUID, Verdict]], now: datetime) -> Iterator[tuple[Any, ...]]:
    """Lay out every product."""
    for id, verdict in pairs:
        said = vars(verdict.columns)
        yield (id, *(written(name, said[name]) for name in NAMES), 1, now)


def written(name: str, value: Any) -> Any:
    """Write documents as JSON, and lists of slugs as PostgreSQL reads them."""
    if name in DOCUMENTS:
        return msgspec.json.encode(value).decode()
    if name in ARRAYS:
        return "{" + ",".join([f'"{each}"' for each in value]) + "}"
    return value


def variants(pairs: Iterable[tuple[UUID, Verdict]]) -> Iterator[tuple[Any, ...]]:
    """Lay out every SKU."""
    for id, verdict in pairs:
        for place, each in enumerate(verdict.draft.variants):
            options = msgspec.json.encode(each.options).decode()
            picture = picture_for(verdict.draft, each)
            yield (each.sku, id, place, options, each.weight, picture, each.external_id)
