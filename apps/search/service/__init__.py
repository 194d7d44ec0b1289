"""Finding products: exact words first, forgiving ones when nothing has them."""

from dataclasses import replace
from uuid import UUID

from apps.catalog.interface import catalog
from apps.search import store
from apps.search.domain import better_spelling, words_of
from apps.search.interface import Query, Results, Search

from .clauses import exact, forgiving
from .entries import entry, everything, visible
from .look import look


class SearchService(Search):
    """Answers from the index beside this process; the catalogue is asked only to fill it."""

    def find(self, *, query: Query) -> Results:
        spoken = replace(query, locale=query.locale if query.locale in store.LANGUAGES else "en")
        asked, searcher = words_of(query.text), store.searcher()
        results = look(searcher, spoken, exact(query.text, spoken.locale))
        if results.total or not asked:
            return results
        forgiven = look(searcher, spoken, forgiving(query.text, spoken.locale))
        names = (hit.name for hit in forgiven.hits)
        return replace(forgiven, suggestion=better_spelling(asked, names))

    def refresh(self, *, products: tuple[UUID, ...]) -> None:
        shown = [product for product in catalog.products(ids=products) if visible(product)]
        gone = {str(product) for product in products} - {str(product.id) for product in shown}
        store.change(entries=map(entry, shown), gone=gone)


def rebuild() -> int:
    """Index the whole catalogue anew beside the index in use; returns how many products it has."""
    return store.rebuild(entry(product) for product in everything() if visible(product))
