"""Tells whether the database with its goods, and the static files, still fit the code."""

import hashlib
import os
import sys
from collections.abc import Iterator
from functools import cached_property
from importlib.metadata import distributions
from pathlib import Path

from commerce.environment import ROOT

FOLDERS = ("apps", "commerce", "config", "templates")
UNIMPORTANT = {"__pycache__", "tests"}


class Code:
    """The code as it is now, summed up by what depends on it."""

    def fits(self, folder: Path, name: str) -> bool:
        """Whether what `name` ("database" or "static") stands for was made from this code."""
        try:
            return (folder / name).read_text() == self._sums[name]
        except FileNotFoundError:
            return False

    def note(self, folder: Path, name: str) -> None:
        """Note that it has just been made from this code."""
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(self._sums[name])

    @cached_property
    def _sums(self) -> dict[str, str]:
        around = hashlib.sha256("\n".join(_surroundings()).encode())
        sums = {"database": around.copy(), "static": around.copy()}
        for line in _files():
            sums["static" if "/static/" in line else "database"].update(line.encode())
        return {name: digest.hexdigest() for name, digest in sums.items()}


def _surroundings() -> Iterator[str]:
    yield sys.version
    yield os.environ.get("DATABASE_URL", "")
    yield from sorted(str(each.name) + each.version for each in distributions())


def _files() -> Iterator[str]:
    for top in FOLDERS:
        for folder, folders, names in os.walk(ROOT / top):
            folders[:] = sorted(set(folders) - UNIMPORTANT)
            for name in sorted(names):
                found = Path(folder, name).stat()
                yield f"{folder}/{name} {found.st_size} {found.st_mtime_ns}\n"
