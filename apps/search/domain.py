"""How words are compared: which spellings count as the same, and which would have been better."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from math import log2

LONGEST = 80  # characters of a question that are read
WORDS = 8  # words of a question that are read
PROPERTIES = 20  # by which a question is narrowed
CHOICES = 50  # of one property
FURTHEST = 10_000  # hits into a result that can be shown


def fold(text: str) -> str:
    """Write text without case and accents, as the index does."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def words_of(text: str) -> tuple[str, ...]:
    """Return the words a shopper asks for."""
    return tuple(re.findall(r"\w+", fold(text[:LONGEST]))[:WORDS])


def slips(word: str) -> int:
    """How many typing errors are forgiven in a word of this length."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def alternatives(
    asked: tuple[str, ...], known: Mapping[tuple[str, ...], frozenset[tuple[str, ...]]]
) -> Iterator[frozenset[tuple[str, ...]]]:
    """Cut a question into the longest terms that have synonyms, and words that have none."""
    place = 0
    while place < len(asked):
        ends = range(len(asked), place, -1)
        term = next((asked[place:n] for n in ends if asked[place:n] in known), asked[place:][:1])
        yield known.get(term, frozenset({term}))
        place += len(term)


def better_spelling(asked: tuple[str, ...], found: Iterable[str]) -> str | None:
    """Replace each asked word that was not met by the nearest one that was; None if all were."""
    met = {word for text in found for word in words_of(text)}
    nearest = [
        word if word in met else next(iter(get_close_matches(word, met, 1, 0.6)), word)
        for word in asked
    ]
    return None if tuple(nearest) == asked else " ".join(nearest)


def ancestors(path: str) -> tuple[str, ...]:
    """List a category path with everything above it: "men/tops" gives "men", "men/tops"."""
    steps = path.split("/")
    return tuple("/".join(steps[: n + 1]) for n in range(len(steps)))


def depth(path: str) -> int:
    """How many steps a category path has: none above the top."""
    return path.count("/") + 1 if path else 0


def gain(grades: Iterable[float]) -> float:
    """Add up how good some hits are, each counting less than the one before it."""
    return sum((2**grade - 1) / log2(place + 1) for place, grade in enumerate(grades, start=1))
