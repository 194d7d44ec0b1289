"""Guessing what a shopper is going to look for while it is typed."""

from collections.abc import Iterator

from apps.search import store
from apps.search.domain import words_of
from apps.search.interface import Leads, Query, Suggestion

from .clauses import exact, forgiving, within
from .facets import WORDS, spoken

SHORTEST = 2  # letters; one letter says nothing
CATEGORIES = 3
MOST = 8


def suggest(text: str, locale: str) -> tuple[Suggestion, ...]:
    """Return categories whose names hold all words, then products, slips forgiven."""
    asked = words_of(text)
    if len("".join(asked)) < SHORTEST:
        return ()
    shelves = [*categories(asked, locale)][:CATEGORIES]
    return (*shelves, *products(text, locale, MOST - len(shelves)))


def categories(asked: tuple[str, ...], locale: str) -> Iterator[Suggestion]:
    """Find categories in which each word is, or begins, a word of the name."""
    for path, one in WORDS.now().categories.items():
        name = spoken(one.name, locale)
        if all(any(word.startswith(each) for word in words_of(name)) for each in asked):
            yield Suggestion(name, Leads.CATEGORY, path)


def products(text: str, locale: str, most: int) -> Iterator[Suggestion]:
    """Find products of different names."""
    view = store.searcher()
    anywhere = Query(locale)
    found = view.search(within(anywhere, exact(text, locale)), most, count=False).hits
    if not found:
        found = view.search(within(anywhere, forgiving(text, locale)), most, count=False).hits
    tiles = (store.tile(view.doc(place)) for _, place in found)
    by_name = {tile.title(locale): tile for tile in tiles}
    return (Suggestion(name, Leads.PRODUCT, tile.address(locale)) for name, tile in by_name.items())
