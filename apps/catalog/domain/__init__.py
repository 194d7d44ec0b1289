"""The rules of the catalogue: what a sound draft is, and how it is written down."""

from .classes import class_problems
from .columns import Columns, columns, digest, document, with_parents
from .rules import fold, problems, word_problems
from .settle import cleaned, picture_for, settle

__all__ = [
    "Columns",
    "class_problems",
    "cleaned",
    "columns",
    "digest",
    "document",
    "fold",
    "picture_for",
    "problems",
    "settle",
    "with_parents",
    "word_problems",
]
