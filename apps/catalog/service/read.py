"""Reading product documents: from PostgreSQL's text straight into drafts, past the ORM."""

from collections.abc import Iterable, Sequence
from typing import Any, LiteralString
from uuid import UUID

import msgspec
from django.db import connection

from apps.catalog.interface import Product, ProductDraft, UnknownProduct, Visibility

DOCUMENT = msgspec.json.Decoder(ProductDraft)

SELECT = "SELECT p.id, p.version, p.updated_at, p.document::text FROM catalog_product p "
BY_IDS = SELECT + "JOIN unnest(%s::uuid[]) WITH ORDINALITY asked (id, n) USING (id) ORDER BY n"
BY_SLUG = SELECT + "WHERE p.slug = ANY(%s) AND p.online AND p.document ->> 'visibility' <> %s"
BY_CODES = (
    SELECT
    + """WHERE p.id IN (
        SELECT own.id FROM catalog_product own
            JOIN unnest(%(codes)s::text[]) asked (code) ON upper(own.key) = upper(asked.code)
        UNION SELECT v.product_id FROM catalog_variant v
            JOIN unnest(%(codes)s::text[]) asked (code) ON upper(v.sku) = upper(asked.code)
    ) ORDER BY p.id"""
)


def by_ids(ids: tuple[UUID, ...]) -> tuple[Product, ...]:
    """Return products in the order they were asked for."""
    return fetch(BY_IDS, [list(ids)])


def by_slug(slug: str) -> Product:
    """Return the product that a page shows under this slug."""
    for product in fetch(BY_SLUG, [askable((slug,)), Visibility.NOWHERE.value]):
        return product
    raise UnknownProduct(slug=slug)


def by_codes(codes: tuple[str, ...]) -> tuple[Product, ...]:
    """Return the products that have these codes as key or SKU."""
    return fetch(BY_CODES, {"codes": askable(codes)})


def askable(codes: Iterable[str]) -> list[str]:
    """Leave out what nothing can be called: PostgreSQL refuses even a question with a NUL."""
    return [code for code in codes if "\0" not in code]


def fetch(query: LiteralString, parameters: Sequence[Any] | dict[str, Any]) -> tuple[Product, ...]:
    """Run a query that begins with SELECT."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return tuple(
            Product(id=id, version=version, updated_at=moment, draft=DOCUMENT.decode(document))
            for id, version, moment, document in cursor.fetchall()
        )
