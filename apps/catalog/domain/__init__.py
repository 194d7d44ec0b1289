"""The rules of the catalogue: what a sound draft is, and how it is written down."""

from .rules import fold, problems, word_problems
from .settle import cleaned, digest, picture_for, settle

__all__ = [
    "cleaned",
    "digest",
    "fold",
    "picture_for",
    "problems",
    "settle",
    "word_problems",
]
