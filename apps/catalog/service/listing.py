"""Lists of products for partners: by code, or in the order of their changes."""

from datetime import UTC, datetime
from typing import LiteralString
from uuid import UUID

from apps.catalog.interface import Product

from .read import LIVE, SELECT, askable, fetch

START = (datetime.min.replace(tzinfo=UTC), UUID(int=0))
HAS_SKU = "p.id IN (SELECT product_id FROM catalog_variant WHERE sku = ANY(%(skus)s))"
HAS_EXTERNAL_ID = (
    "p.id IN (SELECT product_id FROM catalog_variant"
    " WHERE external_id = ANY(%(external_ids)s) AND external_id <> '')"
)
CHANGED = "p.updated_at > %(since)s AND (p.updated_at, p.id) > (%(moment)s, %(id)s)"
BY_CHANGE = " ORDER BY p.updated_at, p.id LIMIT %(limit)s"
BY_ID = " ORDER BY p.id LIMIT %(limit)s"


def listing(
    *,
    skus: tuple[str, ...],
    external_id: str,
    since: datetime | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> tuple[Product, ...]:
    """Return online products that fit; with `since` also those that went offline after it."""
    moment, id = after or START
    asked = {"skus": askable(skus), "external_ids": askable((external_id,))}
    given = asked | {"since": since, "limit": limit, "moment": moment, "id": id}
    clauses: list[LiteralString] = [LIVE + " AND p.id > %(id)s"] if since is None else [CHANGED]
    if skus:
        clauses.append(HAS_SKU)
    if external_id:
        clauses.append(HAS_EXTERNAL_ID)
    query = SELECT + "WHERE " + " AND ".join(clauses) + (BY_ID if since is None else BY_CHANGE)
    return fetch(query, given)
