"""The rules of the catalogue: what a sound draft is, and how it is written down."""

from .classes import Classes, class_problems, schema
from .collections import gathered
from .columns import Columns, columns, digest, document, with_parents
from .ownership import edited, given_back, laid_over
from .rules import fold, problems, word_gaps, word_problems
from .settle import cleaned, led_on, picture_for, settle

__all__ = [
    "Classes",
    "Columns",
    "class_problems",
    "cleaned",
    "columns",
    "digest",
    "document",
    "edited",
    "fold",
    "gathered",
    "given_back",
    "laid_over",
    "led_on",
    "picture_for",
    "problems",
    "schema",
    "settle",
    "with_parents",
    "word_gaps",
    "word_problems",
]
