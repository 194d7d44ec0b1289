"""The index on disk: one folder a generation, any number of readers, one writer at a time.

A rebuild writes a new generation beside the one in use and then points `current` at it.
Layout and limits: https://docs.rs/tantivy.
"""

import contextlib
import fcntl
import functools
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import tantivy
from django.conf import settings

from commerce import ids

LANGUAGES = {"en": "english", "fr": "french"}
MEMORY = 30_000_000  # bytes a writer gathers before it writes a segment


class Tile(msgspec.Struct):
    """What a result shows of a product, kept in the index so that no database is asked."""

    product: str
    slug: str
    name: dict[str, str]
    sku: str
    picture: str | None
    alternatives: int

    def title(self, locale: str) -> str:
        """The name in a language, or in whichever there is."""
        return self.name.get(locale) or next(iter(self.name.values()), self.slug)


TILE = msgspec.json.Decoder(Tile)


@dataclass(frozen=True)
class Entry:
    """A product as it is indexed; `words` and `text` are by locale, `facets` like "color=Blue"."""

    tile: Tile
    words: dict[str, str]
    text: dict[str, str]
    codes: tuple[str, ...]
    categories: tuple[str, ...]
    facets: tuple[str, ...]
    created: int  # milliseconds, for "newest"
    order: dict[str, str] = field(default_factory=dict)


@functools.cache
def schema() -> tantivy.Schema:
    """Describe a document: searched words per language, exact terms, and the tile to show."""
    builder = tantivy.SchemaBuilder()
    for name in ("product", "codes"):
        builder.add_text_field(name, tokenizer_name="raw")
    for name in ("facets", "categories"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw")
    for locale in LANGUAGES:
        builder.add_text_field(f"words_{locale}", tokenizer_name="words")
        builder.add_text_field(f"name_{locale}", tokenizer_name=f"stems_{locale}")
        builder.add_text_field(f"text_{locale}", tokenizer_name=f"stems_{locale}")
        builder.add_text_field(f"order_{locale}", fast=True, tokenizer_name="raw")
    builder.add_unsigned_field("created", fast=True)
    builder.add_bytes_field("tile", stored=True)
    return builder.build()


def open_index(folder: Path) -> tantivy.Index:
    """Open a generation, making it if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    index = tantivy.Index(schema(), str(folder), reuse=True)
    for locale, language in LANGUAGES.items():
        index.register_tokenizer(f"stems_{locale}", analyser(language))
    index.register_tokenizer("words", analyser(None))
    return index


@functools.cache
def analyser(language: str | None) -> tantivy.TextAnalyzer:
    """Cut text into words without case and accents, and to their stems in a language."""
    builder = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
    )
    if language:
        builder = builder.filter(tantivy.Filter.stemmer(language))
    return builder.build()


def pointer() -> Path:
    """The file that names the generation in use."""
    return Path(settings.SEARCH_INDEX) / "current"


def generation() -> Path:
    """Return the folder of the generation in use; the first one makes itself."""
    try:
        return pointer().parent / pointer().read_text()
    except FileNotFoundError:
        return pointer().parent / "first"


@functools.lru_cache(maxsize=4)
def opened(folder: Path) -> tantivy.Index:
    """Keep a generation open; its readers follow every commit by themselves."""
    index = open_index(folder)
    index.config_reader("commit")
    return index


def searcher() -> tantivy.Searcher:
    """Return a view of everything committed so far."""
    return opened(generation()).searcher()


@contextlib.contextmanager
def only_writer() -> Iterator[None]:
    """Let one process at a time write; the others wait."""
    pointer().parent.mkdir(parents=True, exist_ok=True)
    with (pointer().parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def change(*, entries: Iterable[Entry], gone: Iterable[str]) -> None:
    """Put entries in the index, replacing what it had of them, and take others out."""
    with only_writer():
        index = open_index(generation())
        writer = index.writer(MEMORY, 1)
        for product in gone:
            writer.delete_documents_by_term("product", product)
        add(writer, entries)
        writer.commit()
        writer.wait_merging_threads()
    opened(generation()).reload()


def rebuild(entries: Iterable[Entry]) -> int:
    """Write a whole new generation, put it in use, and drop the others; returns its size."""
    with only_writer():
        name = ids.public("index", ids.new())
        index = open_index(pointer().parent / name)
        writer = index.writer(MEMORY * 4, 2)
        add(writer, entries)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        fresh = pointer().with_suffix(".new")
        fresh.write_text(name)
        os.replace(fresh, pointer())
        for folder in pointer().parent.iterdir():
            if folder.is_dir() and folder.name != name:
                shutil.rmtree(folder, ignore_errors=True)
        return int(index.searcher().num_docs)


def add(writer: tantivy.IndexWriter, entries: Iterable[Entry]) -> None:
    """Hand entries to a writer, each in place of what was there."""
    for entry in entries:
        writer.delete_documents_by_term("product", entry.tile.product)
        writer.add_document(document(entry))


def document(entry: Entry) -> tantivy.Document:
    """Lay an entry out in the fields of the schema."""
    laid = tantivy.Document()
    laid.add_text("product", entry.tile.product)
    for name, values in (
        ("codes", entry.codes),
        ("categories", entry.categories),
        ("facets", entry.facets),
    ):
        for value in values:
            laid.add_text(name, value)
    for locale in LANGUAGES:
        laid.add_text(f"words_{locale}", entry.words.get(locale, ""))
        laid.add_text(f"name_{locale}", entry.tile.title(locale))
        laid.add_text(f"text_{locale}", entry.text.get(locale, ""))
        laid.add_text(f"order_{locale}", entry.order.get(locale, ""))
    laid.add_unsigned("created", entry.created)
    laid.add_bytes("tile", msgspec.json.encode(entry.tile))
    return laid


def tile(found: tantivy.Document) -> Tile:
    """Read the tile stored with a document."""
    return TILE.decode(found.get_first("tile") or b"")
