"""Runs imports as a merchant does, and says what came of them."""

from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


@dataclass
class Import:
    """How an import ended: its exit code, and everything it said."""

    code: int
    said: str

    def figure(self, name: str) -> int:
        line = next(line for line in self.said.splitlines() if f" {name} " in line)
        return int(line.rpartition("│")[0].rpartition("│")[2].replace(",", ""))

    @property
    def lines(self) -> list[str]:
        """Everything said about single lines of the file."""
        return [each for each in self.said.splitlines() if each.startswith(("line", "note"))]


@pytest.fixture
def run(tmp_path):
    """Import a file, given as a path or by its content."""

    def run(file: Path | str | bytes, format: str = "magento", **options: object) -> Import:
        if not isinstance(file, Path):
            content = file.encode() if isinstance(file, str) else file
            file = tmp_path / "products"
            file.write_bytes(content)
        told = StringIO()
        try:
            call_command("import_products", file, format=format, stdout=told, **options)
        except CommandError as end:
            return Import(end.returncode, f"{told.getvalue()}{end}")
        return Import(0, told.getvalue())

    return run
