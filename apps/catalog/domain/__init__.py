"""The rules of the catalogue: what a sound draft is, and how it is written down."""

from .rules import fold, problems, word_problems
from .settle import cleaned, digest, picture_for, settle, with_parents

__all__ = [
    "cleaned",
    "digest",
    "fold",
    "picture_for",
    "problems",
    "settle",
    "with_parents",
    "word_problems",
]
