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
BETWEEN = (
    "WHERE revision > %(revision)s AND revision <= %(reached)s ORDER BY revision LIMIT %(limit)s"
)
BEYOND = SELECT + BETWEEN
GONE = "SELECT product, revision FROM catalog_removal " + BETWEEN
LATEST = """
SELECT greatest(
    (SELECT max(revision) FROM catalog_product), (SELECT max(revision) FROM catalog_removal), 0
)
"""


def batch(after: str | None, limit: int, since: datetime | None, beyond: int | None) -> Batch:
    """Return the next products by id, by when they changed, or by their revision."""
    size = max(1, min(limit, MOST))
    if beyond is not None:
        return changes(int(after) if after else beyond, size)
    reached = latest()
    products = step(after, size, since)
    more = len(products) == size
    return Batch(products, mark(products[-1], since) if more else None, reached)


def changes(revision: int, limit: int) -> Batch:
    """Return what changed or went beyond a revision, as far as both are known.

    Writers take turns, so nothing that is committed later has a lower revision.
    """
    place = {"revision": revision, "reached": max(revision, latest()), "limit": limit}
    products = fetch(BEYOND, place)
    with connection.cursor() as cursor:
        cursor.execute(GONE, place)
        gone = cursor.fetchall()
    seen = [product.revision for product in products], [place for _, place in gone]
    cut = [revisions[-1] for revisions in seen if len(revisions) == limit]
    end = min(cut, default=place["reached"])
    return Batch(
        products=tuple(product for product in products if product.revision <= end),
        next=str(end) if cut else None,
        revision=end,
        gone=tuple(id for id, place in gone if place <= end),
    )


def latest() -> int:
    """Tell how far the catalogue has come."""
    with connection.cursor() as cursor:
        cursor.execute(LATEST)
        return int(cursor.fetchone()[0])


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
