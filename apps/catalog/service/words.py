"""The words of categories, attributes and classes, as they are kept."""

from collections import defaultdict

import msgspec
from django.conf import settings

from apps.catalog import models
from apps.catalog.interface import Attribute, Category, ProductClass, Rule, Trait, Type, slugs


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


def moved() -> dict[str, str]:
    """Return the path of names of each category that was moved, by its former path of slugs."""
    former = dict(models.FormerPath.objects.values_list("path", "category__slugs"))
    if not former:
        return {}
    names = dict(models.Category.objects.values_list("slugs", f"name__{settings.LANGUAGE_CODE}"))
    return {path: in_names(now, names) for path, now in former.items()}


def in_names(path: str, names: dict[str, str]) -> str:
    """Write a path of slugs in the names of its steps, where they still say the same."""
    steps = path.split("/")
    told = [names.get("/".join(steps[:n]), "") for n in range(1, len(steps) + 1)]
    pairs = zip(steps, told, strict=True)
    return "/".join(name if slugs(name) == step else step for step, name in pairs)


def rules() -> dict[str, Rule]:
    """Return the rules of all collections, by slug."""
    rows = models.Collection.objects.values_list("slug", "rule")
    return {slug: msgspec.convert(rule, Rule) for slug, rule in rows}
