"""Setting the words of categories and attributes."""

from collections.abc import Iterable

import msgspec
from django.db import transaction

from apps.catalog import models
from apps.catalog.domain import class_problems, cleaned, word_problems
from apps.catalog.interface import Attribute, BadWords, Category, ProductClass

from . import tree
from .judge import languages
from .turn import take_turn


def describe(
    categories: tuple[Category, ...],
    attributes: tuple[Attribute, ...],
    classes: tuple[ProductClass, ...],
) -> None:
    """Set all words or none."""
    known = models.Attribute.objects.values_list("code", flat=True)
    codes = {*known, *(attribute.code for attribute in attributes)} if classes else set()
    problems = (
        *word_problems(categories, attributes, languages=languages()),
        *class_problems(classes, codes, languages=languages()),
    )
    if problems:
        raise BadWords(problems=problems)
    with transaction.atomic():
        take_turn()
        describe_categories(categories)
        describe_attributes(attributes)
        describe_classes(classes)


def describe_categories(categories: Iterable[Category]) -> None:
    """Make missing categories, then set the words of all."""
    wanted = {category.path: category for category in categories}
    if not wanted:
        return
    tree.grow(wanted)
    rows = list(models.Category.objects.filter(slugs__in=wanted).order_by("path"))
    for row in rows:
        row.name = wanted[row.slugs].name
        row.description = cleaned(wanted[row.slugs].description)
    models.Category.objects.bulk_update(rows, ["name", "description"])


def describe_attributes(attributes: Iterable[Attribute]) -> None:
    """Create or replace attributes by code."""
    wanted = {attribute.code: attribute for attribute in attributes}
    rows = [
        models.Attribute(
            code=each.code,
            label=each.label,
            values=list(each.values.items()),
            facet=each.facet,
            type=each.type.value,
            unit=each.unit,
            searchable=each.searchable,
        )
        for each in wanted.values()
    ]
    models.Attribute.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["label", "values", "facet", "type", "unit", "searchable"],
    )


def describe_classes(classes: Iterable[ProductClass]) -> None:
    """Create or replace product classes by code."""
    wanted = {each.code: each for each in classes}
    versions = dict(
        models.ProductClass.objects.filter(code__in=wanted).values_list("code", "version")
    )
    rows = [
        models.ProductClass(
            code=each.code,
            label=each.label,
            traits=msgspec.to_builtins(each.traits),
            open=each.open,
            version=versions.get(each.code, 0) + 1,
        )
        for each in wanted.values()
    ]
    models.ProductClass.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["label", "traits", "open", "version"],
    )
