"""Growing the category tree."""

from collections.abc import Iterable

from django.conf import settings

from apps.catalog.interface import slugs
from apps.catalog.models import Category


def grow(names: Iterable[str]) -> None:
    """Make the categories on these paths of names that are missing; the caller has its turn."""
    wanted = steps(names)
    known = {node.slugs: node for node in Category.objects.filter(slugs__in=wanted)}
    for path, name in wanted.items():
        if path not in known:
            known[path] = plant(path, name, known.get(path.rpartition("/")[0]))


def steps(names: Iterable[str]) -> dict[str, str]:
    """List every step of every path as slugs with its name, parents before children."""
    found: dict[str, str] = {}
    for path in names:
        parts = path.split("/")
        for depth, name in enumerate(parts, start=1):
            found.setdefault(slugs("/".join(parts[:depth])), name.strip())
    return found


def plant(path: str, name: str, parent: Category | None) -> Category:
    """Add a category as the last of its siblings."""
    fields = {"slugs": path, "name": {settings.LANGUAGE_CODE: name}}
    node: Category = parent.add_child(**fields) if parent else Category.add_root(**fields)
    return node
