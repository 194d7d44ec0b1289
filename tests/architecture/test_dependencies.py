"""What a part declares in its pyproject.toml is exactly what it imports."""

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.house import CONTEXTS, ROOT, imports, sources, tree

KERNEL, CONFIG = ROOT / "commerce", ROOT / "config"
PARTS = [KERNEL, *CONTEXTS]
OURS = {"apps", "commerce", "config"}
COMES_WITH = {
    "amqp": "celery",
    "billiard": "celery",
    "django-modelcluster": "wagtail",
    "django-taggit": "wagtail",
    "kombu": "celery",
}
PROVIDERS = {"stripe"}  # extras that are named after a provider
NOT_IMPORTED = {"gunicorn", "tzdata", "httptools", "uvloop"}  # a program, a table, Uvicorn's parts
each_part = pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
each_context = pytest.mark.parametrize("context", CONTEXTS, ids=lambda context: context.name)


@cache
def declared(folder: Path) -> set[str]:
    """Name the distributions that a part says it needs."""
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *chosen(project)]
    return {re.split(r"[\[<>=!~; ]", text)[0].lower() for text in wanted}


def chosen(project: dict[str, Any]) -> list[str]:
    """List what a part needs where somebody chose it: a provider's own library."""
    extras = project.get("optional-dependencies", {})
    return [text for name, needs in extras.items() if name in PROVIDERS for text in needs]


def contexts_declared(context: Path) -> set[str]:
    return {name.removeprefix("halles-") for name in declared(context) if "halles-" in name}


def libraries_declared(part: Path) -> set[str]:
    return {name for name in declared(part) if not name.startswith("halles-")}


def contexts_imported(context: Path) -> set[str]:
    found = {n.split(".")[1] for p in sources(context) for n in imports(p) if n.startswith("apps.")}
    return found - {context.name}


def distributions(modules: set[str]) -> set[str]:
    """Name what has to be installed for these modules, as far as it is not ours or Python's."""
    known = packages_distributions()
    tops = {name.partition(".")[0] for name in modules} - OURS - sys.stdlib_module_names
    names = {known[top][0].lower().replace("_", "-") for top in tops if top in known}
    return {COMES_WITH.get(name, name) for name in names}


def libraries_imported(part: Path) -> set[str]:
    """Name the distributions whose modules a part imports when it runs in a shop."""
    running = (path for path in sources(part) if "testing" not in path.parts)
    return distributions({name for path in running for name in imports(path)})


def libraries_in_settings() -> set[str]:
    """Name the distributions that the settings name as text."""
    nodes = (node for path in sources(CONFIG) for node in ast.walk(tree(path)))
    texts = {node.value for node in nodes if isinstance(node, ast.Constant)}
    return distributions({t for t in texts if isinstance(t, str) and re.fullmatch(r"[\w.]+", t)})


@each_context
def test_declares_the_contexts_it_asks(context):
    assert contexts_declared(context) == contexts_imported(context) | {"kernel"}


@each_part
def test_declares_the_libraries_it_imports(part):
    given = set() if part == KERNEL else libraries_declared(KERNEL)
    assert libraries_imported(part) - given == libraries_declared(part) - given


def test_shop_installs_what_its_parts_need_and_nothing_else():
    parts = set().union(*map(libraries_declared, PARTS))
    config = libraries_imported(CONFIG) | libraries_in_settings()
    assert libraries_declared(ROOT) == parts | config | NOT_IMPORTED
