"""What a part declares in its pyproject.toml is exactly what it imports."""

import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.house import CONTEXTS, ROOT, imports, sources

PARTS = [ROOT / "commerce", *CONTEXTS]
OURS = {"apps", "commerce", "config"}
NAMED_IN_SETTINGS = {"django-redis", "gunicorn", "psycopg", "tzdata", "whitenoise"}
each_part = pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
each_context = pytest.mark.parametrize("context", CONTEXTS, ids=lambda context: context.name)


@cache
def project(folder: Path) -> dict:
    return tomllib.loads((folder / "pyproject.toml").read_text())["project"]


def declared(folder: Path) -> set[str]:
    """Name the distributions that a part says it needs."""
    return {re.split(r"[\[<>=!~; ]", text)[0].lower() for text in project(folder)["dependencies"]}


def contexts_declared(context: Path) -> set[str]:
    return {name.removeprefix("halles-") for name in declared(context) if "halles-" in name}


def contexts_imported(context: Path) -> set[str]:
    found = {n.split(".")[1] for p in sources(context) for n in imports(p) if n.startswith("apps.")}
    return found - {context.name}


def libraries_declared(part: Path) -> set[str]:
    return {name for name in declared(part) if not name.startswith("halles-")}


def libraries_imported(part: Path) -> set[str]:
    """Name the distributions whose modules a part imports."""
    tops = {name.partition(".")[0] for path in sources(part) for name in imports(path)}
    foreign = tops - OURS - sys.stdlib_module_names
    return {packages_distributions()[top][0].lower() for top in foreign}


@each_context
def test_declares_the_contexts_it_asks(context):
    assert contexts_declared(context) == contexts_imported(context) | {"kernel"}


@each_part
def test_declares_the_libraries_it_imports(part):
    kernel = set() if part.name == "commerce" else libraries_declared(ROOT / "commerce")
    assert libraries_imported(part) - kernel == libraries_declared(part) - kernel


def test_shop_installs_what_its_parts_need_and_nothing_else():
    needed = libraries_imported(ROOT / "config").union(*map(libraries_declared, PARTS))
    assert libraries_declared(ROOT) == needed | NAMED_IN_SETTINGS
