"""Walking through the catalogue in steps that stay cheap however far one has come."""

from datetime import datetime
from uuid import UUID

from django.db import connection

from apps.catalog.interface import Batch, Product

from .read import SELECT, fetch

FIRST = UUID(int=0)
MOST = 500  # products in one step
ALL = SELECT + "WHERE p.id > %(id)s ORDER BY p.id LIMIT %(limit)s"
CHANGED = (
    SELECT
    + "WHERE (p.updated_at, p.id) > (%(moment)s, %(id)s)"
    + " ORDER BY p.updated_at, p.id LIMIT %(limit)s"
)


def batch(after: str | None, limit: int, since: datetime | None) -> Batch:
    """Return the next products by id, or by when they changed if `since` is given."""
    size = max(1, min(limit, MOST))
    products = step(after, size, since)
    more = len(products) == size
    return Batch(products=products, next=mark(products[-1], since) if more else None)


def count() -> int:
    """Count the products of a whole walk."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM catalog_product")
        return int(cursor.fetchone()[0])


def step(after: str | None, limit: int, since: datetime | None) -> tuple[Product, ...]:
    """Fetch what comes after a mark."""
    moment, _, id = (after or "").rpartition(" ")
    place = {"id": UUID(id) if id else FIRST, "limit": limit}
    if since is None:
        return fetch(ALL, place)
    return fetch(CHANGED, place | {"moment": datetime.fromisoformat(moment) if moment else since})


def mark(product: Product, since: datetime | None) -> str:
    """Write down how far the walk has come."""
    return str(product.id) if since is None else f"{product.updated_at.isoformat()} {product.id}"
