"""Counting, for every property, how many of the results each choice would leave."""

import time

from tantivy import Query as Clause
from tantivy import Searcher

from apps.catalog.interface import Attribute, Category, catalog
from apps.search.domain import depth
from apps.search.interface import Facet, FacetValue, Query
from commerce.services import ServiceUnavailable

from .clauses import within

MOST = 200  # choices of one property that are counted, those with most products
FRESH = 60  # seconds for which the catalogue's words are kept


class Words:
    """The catalogue's words for properties and categories, asked for once a minute."""

    def __init__(self) -> None:
        self.until = 0.0
        self.attributes: dict[str, Attribute] = {}
        self.categories: dict[str, Category] = {}

    def now(self) -> "Words":
        """Ask again when the words are old; old words are better than none."""
        if time.monotonic() > self.until:
            try:
                self.attributes = {one.code: one for one in catalog.attributes()}
                self.categories = {one.path: one for one in catalog.categories()}
                self.until = time.monotonic() + FRESH
            except ServiceUnavailable:
                self.until = time.monotonic() + 1
        return self


WORDS = Words()


def facets(searcher: Searcher, query: Query, wanted: Clause) -> tuple[Facet, ...]:
    """Categories below the one shown, then properties in the catalogue's order.

    A property already chosen is counted as if it were not, so that its other choices show what
    they would add.
    """
    words = WORDS.now()
    offered = [each.code for each in words.attributes.values() if each.facet]
    shelves = f"shelves.{depth(query.category) + 1}"
    columns = [shelves, *(f"properties.{code}" for code in offered if code not in query.filters)]
    counts = count(searcher, columns, within(query, wanted))
    for code in query.filters:
        clause = within(query, wanted, but=code)
        counts |= count(searcher, [f"properties.{code}"], clause)
    found = [
        categories(words, query, counts[shelves]),
        *(facet(words.attributes[code], query, counts[f"properties.{code}"]) for code in offered),
    ]
    return tuple(facet for facet in found if facet.values)


def count(searcher: Searcher, columns: list[str], clause: Clause) -> dict[str, dict[str, int]]:
    """Count, in one pass, the documents that have each value of some columns."""
    asked = {name: {"terms": {"field": name, "size": MOST}} for name in columns}
    found = searcher.aggregate(clause, asked)
    return {
        name: {each["key"]: int(each["doc_count"]) for each in found[name]["buckets"]}
        for name in columns
    }


def categories(words: Words, query: Query, counts: dict[str, int]) -> Facet:
    """The categories one step below the one shown."""
    above = f"{query.category}/" if query.category else ""
    values = tuple(
        FacetValue(path, spoken(one.name, query.locale), counts[path], selected=False)
        for path, one in words.categories.items()
        if path in counts and path.startswith(above)
    )
    return Facet("category", "category", values)


def facet(attribute: Attribute, query: Query, counts: dict[str, int]) -> Facet:
    """A property with its choices: in the merchant's order where there is one, else by count."""
    chosen = query.filters.get(attribute.code, ())
    order = {value: place for place, value in enumerate(attribute.values)}
    ranked = sorted(counts, key=lambda value: (order.get(value, len(order)), -counts[value], value))
    values = tuple(
        FacetValue(
            value,
            spoken(attribute.values.get(value, {}), query.locale) or value,
            counts[value],
            selected=value in chosen,
        )
        for value in ranked
    )
    return Facet(attribute.code, spoken(attribute.label, query.locale) or attribute.code, values)


def spoken(texts: dict[str, str], locale: str) -> str:
    """Choose the text in a language, or in whichever there is."""
    return texts.get(locale) or next(iter(texts.values()), "")
