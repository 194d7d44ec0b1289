"""All products in parts of about the same size, without asking any database."""

from collections.abc import Iterator
from math import ceil

from tantivy import FieldType, Occur, Query

from commerce import clock

from .generations import searcher
from .schema import Tile, hidden, schema, tile

LOTS = 2**32
ROOM = 1.2  # parts are even but for chance


def parts(most: int) -> int:
    """Into how many parts all products are cut so that none has more than so many."""
    return max(1, ceil(searcher().num_docs * ROOM / most))


def part(number: int, of: int) -> Iterator[Tile]:
    """Return the products of one part."""
    view, (first, last) = searcher(), (number * LOTS // of, (number + 1) * LOTS // of - 1)
    within = Query.range_query(schema(), "lot", FieldType.Unsigned, first, last)
    within = Query.boolean_query([(Occur.Must, within), *hidden(clock.now())])
    found = view.search(within, max(1, view.num_docs), count=False)
    return (tile(view.doc(place)) for _, place in found.hits)
