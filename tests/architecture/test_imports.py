"""The import contracts bite: each deliberate trespass turns its contract red."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.house import ROOT

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
ENTERED = "A context is entered through its interface and its facts, and nowhere else"
DOWNWARDS = "Contexts ask only downwards"
KERNEL = "Settings know apps, apps know the kernel, the kernel knows nobody"
PLAIN = "Interfaces, facts and rules are plain Python"
KNOWN = "Every file in a context has a known name and a known place"


@pytest.fixture
def copy(tmp_path):
    """Copy the code to where it may be spoilt."""
    litter = shutil.ignore_patterns("__pycache__", "static", "locale", "tests")
    for name in ("commerce", "apps", "config"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=litter)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path) -> tuple[int, str]:
    command = [sys.executable, "-c", LINT, "--no-cache", "--no-logo"]
    answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return answer.returncode, answer.stdout


def spoil(module: Path, line: str) -> None:
    """Add a line to a module, be it a file, a package, or not there yet."""
    file = module / "__init__.py" if module.is_dir() else module.with_suffix(".py")
    with file.open("a") as text:
        text.write(f"\n{line}\n")


def test_tree_keeps_every_contract(copy):
    assert lint(copy)[0] == 0


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("apps/cart/service", "from apps.stock.models import Level", ENTERED),
        ("apps/cart/service", "import apps.stock.service", ENTERED),
        ("apps/catalog/service", "from apps.orders.interface import orders", DOWNWARDS),
        ("apps/pricing/service", "from apps.search.interface import search", DOWNWARDS),
        ("commerce/clock", "from apps.stock.interface import stock", KERNEL),
        ("apps/stock/domain", "from django.db import models", PLAIN),
        ("apps/stock/interface", "from apps.stock.models import Level", PLAIN),
        ("apps/stock/helpers", "ANSWER = 42", KNOWN),
        ("apps/stock/models", "from apps.stock.service import StockService", KNOWN),
    ],
)
def test_trespass_turns_its_contract_red(copy, module, line, contract):
    spoil(copy / module, line)
    status, report = lint(copy)
    broken = [text.partition(" BROKEN")[0] for text in report.splitlines() if "BROKEN" in text]
    assert status == 1
    assert contract in broken
