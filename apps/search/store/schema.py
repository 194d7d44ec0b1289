"""What the index holds of a product, and in which fields: https://docs.rs/tantivy.

Texts of each language lie in fields of their own. What is counted lies in columns, one for each
property and for each depth of the category tree, because a column of one value a product is counted
several times faster than a list of all its values.
"""

import functools
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime
from zlib import crc32

import msgspec
import tantivy

LANGUAGES = {"en": "english", "fr": "french"}
FORMAT = 4  # of the fields: an index of another format is not opened, but built anew


class Tile(msgspec.Struct):
    """What a result shows of a product, kept in the index so that no database is asked."""

    product: str
    slug: str
    name: dict[str, str]
    sku: str
    picture: str | None
    alternatives: int
    slugs: dict[str, str] = {}

    def address(self, locale: str) -> str:
        """The slug of its page in a language."""
        return self.slugs.get(locale, self.slug)

    def title(self, locale: str) -> str:
        """The name in a language, or in whichever there is."""
        return self.name.get(locale) or next(iter(self.name.values()), self.slug)


TILE = msgspec.json.Decoder(Tile)
ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True)
class Entry:
    """A product as it is indexed; `words` and `text` are by locale.

    `shelves` are paths of categories by depth; `properties` are values by attribute code.
    """

    tile: Tile
    words: dict[str, str]
    text: dict[str, str]
    codes: tuple[str, ...]
    shelves: dict[str, list[str]]
    properties: dict[str, list[str]]
    created: int  # milliseconds, for "newest"
    begins: int | None = None  # milliseconds; nobody finds it before
    ends: int | None = None
    order: dict[str, str] = field(default_factory=dict)


@functools.cache
def schema() -> tantivy.Schema:
    """Describe a document: searched words per language, exact terms, columns, and the tile."""
    builder = tantivy.SchemaBuilder()
    for name in ("product", "codes"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("shelves", "properties"):
        builder.add_json_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for locale in LANGUAGES:
        builder.add_text_field(f"words_{locale}", tokenizer_name="words", index_option="basic")
        builder.add_text_field(f"name_{locale}", tokenizer_name=f"stems_{locale}")
        builder.add_text_field(f"text_{locale}", tokenizer_name=f"stems_{locale}")
        builder.add_text_field(
            f"order_{locale}", fast=True, tokenizer_name="raw", index_option="basic"
        )
    for name in ("created", "begins", "ends", "lot"):
        builder.add_unsigned_field(name, fast=True)
    builder.add_bytes_field("tile", stored=True)
    return builder.build()


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


def analysers() -> dict[str, tantivy.TextAnalyzer]:
    """Return the analysers by the names under which the fields ask for them."""
    stems = {f"stems_{locale}": analyser(language) for locale, language in LANGUAGES.items()}
    return {"words": analyser(None), **stems}


def document(entry: Entry) -> str:
    """Lay an entry out in the fields of the schema, as JSON: the fastest way into the index."""
    laid: dict[str, object] = {
        "product": entry.tile.product,
        "codes": entry.codes,
        "shelves": entry.shelves,
        "properties": entry.properties,
        "created": entry.created,
        "begins": entry.begins,
        "ends": entry.ends,
        "lot": lot(entry.tile.product),
        "tile": b64encode(ENCODER.encode(entry.tile)).decode(),
    }
    for locale, words in entry.words.items():
        laid[f"words_{locale}"] = words
        laid[f"name_{locale}"] = entry.tile.title(locale)
        laid[f"text_{locale}"] = entry.text[locale]
        laid[f"order_{locale}"] = entry.order[locale]
    return ENCODER.encode({name: what for name, what in laid.items() if what is not None}).decode()


def hidden(now: datetime) -> list[tuple[tantivy.Occur, tantivy.Query]]:
    """Leave out of a question what is not on sale yet, or no more."""
    moment, kind = milliseconds(now), tantivy.FieldType.Unsigned
    early = tantivy.Query.range_query(schema(), "begins", kind, moment + 1, None)
    late = tantivy.Query.range_query(schema(), "ends", kind, None, moment)
    return [(tantivy.Occur.MustNot, early), (tantivy.Occur.MustNot, late)]


def milliseconds(moment: datetime) -> int:
    """Write a moment as the index does."""
    return int(moment.timestamp() * 1000)


def lot(product: str) -> int:
    """Draw a number for a product, always the same, by which all can be cut into even parts."""
    return crc32(product.encode())


def tile(found: tantivy.Document) -> Tile:
    """Read the tile stored with a document."""
    return TILE.decode(found.get_first("tile") or b"")
