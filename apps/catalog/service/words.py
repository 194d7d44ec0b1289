"""The words of categories and attributes, as they are kept."""

from apps.catalog import models
from apps.catalog.interface import Attribute, Category


def categories() -> tuple[Category, ...]:
    """Return the tree in its own order: parents before children."""
    rows = models.Category.objects.order_by("path")
    return tuple(
        Category(path=row.slugs, name=row.name, depth=row.depth, description=row.description)
        for row in rows
    )


def attributes() -> tuple[Attribute, ...]:
    """Return attributes in the order in which they were made."""
    return tuple(
        Attribute(code=row.code, label=row.label, values=dict(row.values), facet=row.facet)
        for row in models.Attribute.objects.order_by("id")
    )
