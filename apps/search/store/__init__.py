"""The index on disk, and what it holds of each product."""

from .generations import generation, is_built, revision, searcher
from .parts import part, parts
from .schema import LANGUAGES, Entry, Tile, analyser, hidden, milliseconds, schema, tile
from .writing import Changes, change, rebuild

__all__ = [
    "LANGUAGES",
    "Changes",
    "Entry",
    "Tile",
    "analyser",
    "change",
    "generation",
    "hidden",
    "is_built",
    "milliseconds",
    "part",
    "parts",
    "rebuild",
    "revision",
    "schema",
    "searcher",
    "tile",
]
