"""Setting the words of categories and attributes."""

from collections.abc import Iterable

from django.db import transaction

from apps.catalog import models
from apps.catalog.domain import cleaned, word_problems
from apps.catalog.interface import Attribute, BadWords, Category

from . import tree
from .judge import languages
from .turn import take_turn


def describe(categories: tuple[Category, ...], attributes: tuple[Attribute, ...]) -> None:
    """Set all words or none."""
    if problems := word_problems(categories, attributes, languages=languages()):
        raise BadWords(problems=problems)
    with transaction.atomic():
        take_turn()
        describe_categories(categories)
        describe_attributes(attributes)


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
            code=each.code, label=each.label, values=list(each.values.items()), facet=each.facet
        )
        for each in wanted.values()
    ]
    models.Attribute.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["label", "values", "facet"],
    )
