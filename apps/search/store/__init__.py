"""The index on disk, and what it holds of each product."""

from .generations import generation, searcher
from .parts import part, parts
from .schema import LANGUAGES, Entry, Tile, analyser, schema, tile
from .writing import Changes, change, rebuild

__all__ = [
    "LANGUAGES",
    "Changes",
    "Entry",
    "Tile",
    "analyser",
    "change",
    "generation",
    "part",
    "parts",
    "rebuild",
    "schema",
    "searcher",
    "tile",
]
