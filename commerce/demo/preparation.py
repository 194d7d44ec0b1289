"""Tells whether database, static files and goods still fit the code."""

import hashlib
import os
import sys
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

from commerce.environment import ROOT

FOLDERS = ("apps", "commerce", "config", "templates")
UNIMPORTANT = {"__pycache__", "tests"}


def fingerprint() -> str:
    """Sum up everything that decides what a prepared shop looks like."""
    digest = hashlib.sha256()
    for line in (*_surroundings(), *_files()):
        digest.update(f"{line}\n".encode())
    return digest.hexdigest()


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
                yield f"{folder}/{name} {found.st_size} {found.st_mtime_ns}"
