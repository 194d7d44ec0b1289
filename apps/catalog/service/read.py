"""Reading product documents: from PostgreSQL's text straight into drafts, past the ORM."""

from collections.abc import Iterable, Sequence
from typing import Any, LiteralString
from uuid import UUID

import msgspec
from django.db import connection

from apps.catalog.interface import Product, ProductDraft, UnknownProduct, Visibility

DOCUMENT = msgspec.json.Decoder(ProductDraft)

LIVE: LiteralString = """(
    p.online AND coalesce(p.online_from, '-infinity') <= now()
    AND coalesce(p.online_until, 'infinity') > now()
)"""  # as ProductDraft.live_at says; the database's clock switches a product at its second
SELECT = (
    "SELECT p.id, p.version, p.updated_at, p.document::text, p.revision, p.collections"
    " FROM catalog_product p "
)
BY_IDS = SELECT + "JOIN unnest(%s::uuid[]) WITH ORDINALITY asked (id, n) USING (id) ORDER BY n"
BY_SLUG = (
    SELECT
    + """WHERE p.id IN (
        SELECT id FROM catalog_product WHERE slug = ANY(%(slugs)s)
        UNION ALL SELECT product_id FROM catalog_slug WHERE slug = ANY(%(slugs)s)
    ) AND coalesce(p.document ->> 'visibility', '') <> %(hidden)s AND """
    + LIVE
)
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
    """Return the product to which this slug leads."""
    asked = {"slugs": askable((slug,)), "hidden": Visibility.NOWHERE.value}
    for product in fetch(BY_SLUG, asked):
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
            Product(id, version, moment, DOCUMENT.decode(document), revision, tuple(collections))
            for id, version, moment, document, revision, collections in cursor.fetchall()
        )
