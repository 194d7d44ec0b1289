"""The words of categories, attributes and classes, as they are kept."""

from collections import defaultdict

import msgspec

from apps.catalog import models
from apps.catalog.interface import Attribute, Category, ProductClass, Rule, Trait, Type


def categories() -> tuple[Category, ...]:
    """Return the tree in its own order: parents before children."""
    formerly = defaultdict(list)
    for path, category in models.FormerPath.objects.order_by("path").values_list():
        formerly[category].append(path)
    return tuple(
        Category(
            path=row.slugs,
            name=row.name,
            depth=row.depth,
            description=row.description,
            formerly=tuple(formerly[row.pk]),
        )
        for row in models.Category.objects.order_by("path")
    )


def attributes() -> tuple[Attribute, ...]:
    """Return attributes in the order in which they were made."""
    return tuple(
        Attribute(
            code=row.code,
            label=row.label,
            values=dict(row.values),
            facet=row.facet,
            type=Type(row.type),
            unit=row.unit,
            searchable=row.searchable,
        )
        for row in models.Attribute.objects.order_by("id")
    )


def classes() -> tuple[ProductClass, ...]:
    """Return product classes in the order of their codes."""
    return tuple(
        ProductClass(
            code=row.code,
            label=row.label,
            traits=msgspec.convert(row.traits, tuple[Trait, ...]),
            open=row.open,
            version=row.version,
        )
        for row in models.ProductClass.objects.order_by("code")
    )


def rules() -> dict[str, Rule]:
    """Return the rules of all collections, by slug."""
    rows = models.Collection.objects.values_list("slug", "rule")
    return {slug: msgspec.convert(rule, Rule) for slug, rule in rows}
