"""What the architecture tests know about the tree: contexts, sources, imports."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTEXTS = sorted(path.parent for path in (ROOT / "apps").glob("*/__init__.py"))
NAMES = {context.name for context in CONTEXTS}


def sources(*roots: Path) -> list[Path]:
    """List the Python files that run in a shop: no tests, no migrations, nothing generated."""
    found = (path for root in roots for path in sorted(root.rglob("*.py")))
    return [p for p in found if not {"tests", "migrations"} & set(p.relative_to(ROOT).parts)]


PRODUCT = sources(ROOT / "commerce", ROOT / "apps", ROOT / "config")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imports(path: Path) -> Iterator[str]:
    """Name every module that a file asks for absolutely."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef))


def asks(context: Path) -> set[str]:
    """Name the contexts whose interface a context imports."""
    asked = (name.split(".") for path in sources(context) for name in imports(path))
    return {n[1] for n in asked if n[0] == "apps" and n[2:3] == ["interface"]} - {context.name}


def hears(context: Path) -> set[str]:
    """Name the contexts whose facts a context imports."""
    heard = (name.split(".") for path in sources(context) for name in imports(path))
    return {n[1] for n in heard if n[0] == "apps" and n[2:3] == ["events"]} - {context.name}
