"""Finds picture files and has them stored."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from apps.catalog.interface import Picture
from apps.connectors.domain.findings import Entry, Finding
from apps.connectors.store import Notebook
from apps.media.interface import BadPicture, File, media
from commerce.outside import Refused, fetch

LARGEST = 20 * 1024 * 1024  # bytes
REMEMBERED = 10_000  # files


class Missing(Exception):
    """There is no such picture; the sentence says why."""


class PictureShelf:
    """A folder with pictures; what cannot be found there is noted."""

    def __init__(self, folder: Path | None, notebook: Notebook) -> None:
        self.folder = folder and folder.resolve()
        self.notebook = notebook
        self.stored = lru_cache(REMEMBERED)(self.store)

    def look(self, entry: Entry) -> None:
        """Note which files of a product are missing, without reading them."""
        for file in entry.pictures:
            try:
                if not is_address(file.file):
                    self.path(file.file)
            except Missing as reason:
                self.notebook.note(Finding(entry.line, entry.key, f"{reason}", bad=False))

    def fill(self, entry: Entry) -> Entry:
        """Store the files of a product and put them into its draft."""
        if entry.draft is None:
            return entry
        stored = tuple(self.pictures(entry))
        pictures = (*entry.draft.pictures, *stored) or entry.kept
        return replace(entry, draft=replace(entry.draft, pictures=pictures))

    def pictures(self, entry: Entry) -> Iterator[Picture]:
        """Store each file that is there."""
        for file in entry.pictures:
            try:
                yield Picture(self.stored(file.file), file.alt, file.options)
            except Missing as reason:
                self.notebook.note(Finding(entry.line, entry.key, f"{reason}", bad=False))

    def store(self, name: str) -> str:
        """Store one file, from the folder or from where its address leads; returns its key."""
        try:
            return media.store(file=fetched(name) if is_address(name) else self.file(name)).key
        except Refused as refusal:
            raise Missing(f"The picture {name[:200]} was left out. {refusal}") from None
        except BadPicture as refusal:
            raise Missing(f"The picture {name} was left out. {refusal.reason}") from None
        except OSError as problem:
            raise Missing(f"The picture {name} cannot be read: {problem.strerror}.") from None

    def file(self, name: str) -> File:
        """Read a file of the folder."""
        path = self.path(name)
        return File(path.name, path.read_bytes())

    def path(self, name: str) -> Path:
        """Find a file below the folder and nowhere else."""
        if self.folder is None:
            raise Missing("Its pictures were left out; --image-folder says where they are.")
        path = (self.folder / name.lstrip("/\\").replace("\0", "?")).resolve()
        if not path.is_relative_to(self.folder) or not path.is_file():
            raise Missing(f"The picture {name[:200]} is not in {self.folder}.")
        if path.stat().st_size > LARGEST:
            raise Missing(f"The picture {name[:200]} is larger than 20 MB.")
        return path


def is_address(name: str) -> bool:
    """Whether a picture is named by its address in the web."""
    return name.lower().startswith(("http://", "https://"))


def fetched(address: str) -> File:
    """Fetch a picture from the public internet."""
    return File(urlsplit(address).path.rpartition("/")[2], fetch(address, most=LARGEST))
