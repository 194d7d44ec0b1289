"""Finding products: exact words first, forgiving ones when nothing has them."""

from dataclasses import replace
from itertools import islice
from uuid import UUID

from apps.search import store
from apps.search.domain import CHOICES, PROPERTIES, better_spelling, words_of
from apps.search.interface import Query, Results, Search, Suggestion

from .clauses import exact, forgiving
from .entries import anew, changed, everything, latest
from .facets import WORDS
from .look import look
from .suggest import suggest


class SearchService(Search):
    """Answers from the index beside this process; the catalogue is asked only to fill it."""

    def find(self, *, query: Query) -> Results:
        spoken = sensible(query)
        asked, searcher = words_of(query.text), store.searcher()
        results = look(searcher, spoken, exact(query.text, spoken.locale))
        if results.total or not asked:
            return results
        forgiven = look(searcher, spoken, forgiving(query.text, spoken.locale))
        names = (hit.name for hit in forgiven.hits)
        return replace(forgiven, suggestion=better_spelling(asked, names))

    def suggest(self, *, text: str, locale: str) -> tuple[Suggestion, ...]:
        return suggest(text, locale if locale in store.LANGUAGES else "en")

    def refresh(self, *, products: tuple[UUID, ...]) -> None:
        store.change(anew(map(str, products)))


def sensible(query: Query) -> Query:
    """Leave out of a question what the shop does not offer to narrow by."""
    offered = WORDS.now().attributes
    return replace(
        query,
        locale=query.locale if query.locale in store.LANGUAGES else "en",
        filters={
            code: values[:CHOICES]
            for code, values in islice(query.filters.items(), PROPERTIES)
            if values and code in offered and offered[code].facet
        },
    )


def rebuild() -> int:
    """Index the whole catalogue anew beside the index in use; returns how many products it has."""
    reached = latest()
    return store.rebuild(everything(), anew, revision=reached)


def follow() -> bool:
    """Take in the next changes of the catalogue, the whole of it first; tells whether any came.

    The index remembers how far it has come, so that it may be away for as long as it likes.
    """
    if not store.is_built():
        rebuild()
    reached = store.revision()
    changes, revision = changed(reached)
    if revision > reached:
        store.change(changes, revision=revision)
    return revision > reached
