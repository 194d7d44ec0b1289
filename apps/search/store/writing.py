"""Changing the index in use, and building another one."""

import contextlib
import gc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import generations
from .schema import Entry, document

MEMORY = 30_000_000  # bytes a writer gathers before it writes a segment
MEMORY_TO_BUILD = 500_000_000
THREADS_TO_BUILD = 2
FEW = 500  # products that are brought up to date while changes wait


@dataclass(frozen=True)
class Changes:
    """Entries to be put in place of what the index has of them, and products to be taken out."""

    entries: tuple[Entry, ...]
    gone: tuple[str, ...] = ()

    @property
    def products(self) -> tuple[str, ...]:
        """All that is concerned."""
        return (*(entry.tile.product for entry in self.entries), *self.gone)


def change(changes: Changes, *, revision: int | None = None) -> None:
    """Change the index in use; whoever searches next finds it changed.

    Who follows the catalogue tells the revision that is reached with these changes.
    """
    generations.generation()  # so that there is one
    with generations.only_writer():
        folder = generations.generation()
        if changes.products:
            write(folder, changes)
            generations.note(changes.products)
        if revision is not None:
            generations.note_revision(folder, revision)


def write(folder: Path, changes: Changes) -> None:
    """Write changes into a generation."""
    writer = generations.index(folder).writer(MEMORY, 1)
    for product in changes.products:
        writer.delete_documents_by_term("product", product)
    for entry in changes.entries:
        writer.add_json(document(entry))
    writer.commit()
    writer.wait_merging_threads()


def rebuild(
    everything: Iterable[Entry],
    anew: Callable[[tuple[str, ...]], Changes],
    *,
    revision: int = 0,
) -> int:
    """Build a new generation, put it in use, and drop the others; returns its size.

    `anew` reads some products again: those that were changed while it was built. `revision` is
    how far the catalogue had come before it was read.
    """
    with generations.only_builder():
        folder = generations.created()
        fill(folder, everything)
        done = 0
        while len(changed := generations.noted(done, FEW)) == FEW:
            write(folder, anew(changed))
            done += FEW
        with generations.only_writer():
            while changed := generations.noted(done, FEW):
                write(folder, anew(changed))
                done += len(changed)
            generations.note_revision(folder, revision)
            generations.put_in_use(folder.name)
    return generations.searcher().num_docs


def fill(folder: Path, everything: Iterable[Entry]) -> None:
    """Write the entries of a catalogue into an empty generation."""
    writer = generations.index(folder).writer(MEMORY_TO_BUILD, THREADS_TO_BUILD)
    with without_looking_for_cycles():
        for entry in everything:
            writer.add_json(document(entry))
    writer.commit()
    writer.wait_merging_threads()


@contextlib.contextmanager
def without_looking_for_cycles() -> Iterator[None]:
    """Make millions of small objects that end by themselves, in half the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
