"""The index on disk: one folder a generation, any number of readers, one writer at a time.

A new generation is built beside the one in use, which goes on being changed meanwhile; what was
changed is noted, done again in the new one, and only then does `current` point at that.
"""

import contextlib
import fcntl
import functools
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import tantivy
from django.conf import settings

from commerce import ids

from .schema import FORMAT, analysers, schema

POINTER = f"current-{FORMAT}"
NOTED = "changed-meanwhile"
REVISION = "revision"
UUID_LENGTH = 36


def root() -> Path:
    """The folder of all generations."""
    folder = Path(settings.SEARCH_INDEX)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def generation() -> Path:
    """Return the folder of the generation in use; the first one makes itself, empty."""
    with contextlib.suppress(FileNotFoundError):
        return root() / (root() / POINTER).read_text()
    with only_writer():
        if not (root() / POINTER).exists():
            put_in_use(created().name)
    return generation()


def created() -> Path:
    """Make a generation without any product."""
    folder = root() / ids.public("index", ids.new())
    folder.mkdir()
    tantivy.Index(schema(), str(folder))
    return folder


def is_built() -> bool:
    """Whether the index in use was built from the catalogue, and not begun empty."""
    return (generation() / REVISION).exists()


def revision() -> int:
    """Tell up to which revision of the catalogue the index in use follows it."""
    return int((generation() / REVISION).read_text())


def note_revision(folder: Path, reached: int) -> None:
    """Remember, once it is committed, how far a generation follows the catalogue."""
    fresh = folder / f"{REVISION}.new"
    fresh.write_text(str(reached))
    os.replace(fresh, folder / REVISION)


def index(folder: Path) -> tantivy.Index:
    """Open a generation."""
    opened = tantivy.Index.open(str(folder))
    for name, analyser in analysers().items():
        opened.register_tokenizer(name, analyser)
    return opened


class Reader:
    """Looks at a generation, always as it was committed last."""

    def __init__(self, folder: Path) -> None:
        self.committed = folder / "meta.json"
        self.index = index(folder)
        self.index.config_reader("manual")
        self.seen = 0  # nanoseconds

    def look(self) -> tantivy.Searcher:
        """Return a view of everything committed so far."""
        moment = self.committed.stat().st_mtime_ns
        if moment != self.seen:
            self.index.reload()
            self.seen = moment
        return self.index.searcher()


@functools.lru_cache(maxsize=2)
def reader(folder: Path) -> Reader:
    """Keep the generation in use open."""
    return Reader(folder)


def searcher() -> tantivy.Searcher:
    """Return a view of the index; one whose generation is dropped at this moment looks again."""
    try:
        return reader(generation()).look()
    except (FileNotFoundError, ValueError):
        return reader(generation()).look()


def put_in_use(name: str) -> None:
    """Point at a generation, and drop all others."""
    fresh = root() / f"{POINTER}.new"
    fresh.write_text(name)
    os.replace(fresh, root() / POINTER)
    for folder in root().iterdir():
        if folder.is_dir() and folder.name != name:
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def only_writer() -> Iterator[None]:
    """Let one process at a time change what is in use; the others wait."""
    with (root() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def only_builder() -> Iterator[None]:
    """Let one process at a time build a generation, and have changes noted meanwhile."""
    with (root() / "building").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with only_writer():
            (root() / NOTED).write_text("")
        yield


def note(products: Iterable[str]) -> None:
    """Note which products were changed, if somebody is building a generation."""
    with (root() / "building").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with (root() / NOTED).open("a") as notes:
                notes.writelines(product.rjust(UUID_LENGTH) for product in products)


def noted(start: int, most: int) -> tuple[str, ...]:
    """Return the products noted after so many others."""
    with (root() / NOTED).open() as notes:
        notes.seek(start * UUID_LENGTH)
        text = notes.read(most * UUID_LENGTH)
    return tuple(text[at : at + UUID_LENGTH] for at in range(0, len(text), UUID_LENGTH))
