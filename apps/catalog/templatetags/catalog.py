"""The shelves that every page links to."""

import time
from typing import Any

from django import template
from django.utils.translation import get_language

from apps.catalog.interface import Category, catalog
from commerce.services import ServiceUnavailable

register = template.Library()
FRESH = 30  # seconds for which the shelves are kept


class Shelves:
    """The category tree, asked for twice a minute; old shelves are better than none."""

    def __init__(self) -> None:
        self.until = 0.0
        self.tree: tuple[Category, ...] = ()

    def now(self) -> tuple[Category, ...]:
        """Return the tree as it was not long ago."""
        if time.monotonic() > self.until:
            try:
                self.tree = catalog.categories()
            except ServiceUnavailable:
                self.tree = self.tree or ()
            self.until = time.monotonic() + FRESH
        return self.tree


SHELVES = Shelves()


@register.simple_tag
def shelves() -> list[dict[str, Any]]:
    """List the top of the category tree in the reader's language."""
    locale = get_language() or "en"
    return [
        {"path": one.path, "name": one.name.get(locale) or next(iter(one.name.values()), one.path)}
        for one in SHELVES.now()
        if one.depth == 1
    ]
