"""Running a question against the index."""

from typing import Any
from uuid import UUID

from tantivy import Order, Searcher
from tantivy import Query as Clause

from apps.search import store
from apps.search.domain import FURTHEST
from apps.search.interface import Hit, Query, Results

from .clauses import within
from .facets import facets

MOST = 100  # hits in one answer
SORTS = {"name": ("order_{locale}", Order.Asc), "newest": ("created", Order.Desc)}


def look(searcher: Searcher, query: Query, wanted: Clause) -> Results:
    """Run a question with its category and filters."""
    clause = within(query, wanted)
    size, start = max(0, min(query.size, MOST)), max(0, min(query.start, FURTHEST))
    options: dict[str, Any] = {}
    if query.sort in SORTS:
        field, order = SORTS[query.sort]
        options = {"order_by_field": field.format(locale=query.locale), "order": order}
    found = searcher.search(clause, max(size, 1), offset=start, **options)
    tiles = [store.tile(searcher.doc(place)) for _, place in found.hits[:size]]
    return Results(
        total=found.count,  # type: ignore[attr-defined]  # missing in tantivy's stubs
        hits=tuple(hit(tile, query.locale) for tile in tiles),
        facets=facets(searcher, query, wanted),
    )


def hit(tile: store.Tile, locale: str) -> Hit:
    """Show a tile in a language."""
    return Hit(
        product=UUID(tile.product),
        slug=tile.address(locale),
        name=tile.title(locale),
        sku=tile.sku,
        picture=tile.picture,
        alternatives=tile.alternatives,
    )
