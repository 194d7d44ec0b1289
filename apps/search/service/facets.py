"""Counting, for every property, how many of the results each choice would leave."""

import time
from collections import defaultdict

from tantivy import Query as Clause
from tantivy import Searcher

from apps.catalog.interface import Attribute, Category, catalog
from apps.search.interface import Facet, FacetValue, Query
from commerce.services import ServiceUnavailable

from .clauses import every, narrowed

MOST = 500  # different choices counted over all properties
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
    counts = count(searcher, "facets", every([wanted, *narrowed(query)]))
    for code in query.filters:
        others = count(searcher, "facets", every([wanted, *narrowed(query, but=code)]))
        counts = {k: n for k, n in counts.items() if not k.startswith(f"{code}=")} | {
            k: n for k, n in others.items() if k.startswith(f"{code}=")
        }
    below = count(searcher, "categories", every([wanted, *narrowed(query)]))
    found = [categories(words, query, below), *properties(words, query, counts)]
    return tuple(facet for facet in found if facet.values)


def count(searcher: Searcher, field: str, clause: Clause) -> dict[str, int]:
    """Count the documents that have each term of a field."""
    asked = {"terms": {"terms": {"field": field, "size": MOST}}}
    buckets = searcher.aggregate(clause, asked)["terms"]["buckets"]
    return {bucket["key"]: int(bucket["doc_count"]) for bucket in buckets}


def categories(words: Words, query: Query, counts: dict[str, int]) -> Facet:
    """The categories one step below the one shown."""
    above = f"{query.category}/" if query.category else ""
    values = tuple(
        FacetValue(path, spoken(one.name, query.locale), counts[path], selected=False)
        for path, one in words.categories.items()
        if one.depth == above.count("/") + 1 and path.startswith(above) and counts.get(path)
    )
    return Facet("category", "category", values)


def properties(words: Words, query: Query, counts: dict[str, int]) -> list[Facet]:
    """One facet for each property the catalogue offers for narrowing."""
    by_code: dict[str, dict[str, int]] = defaultdict(dict)
    for term, number in counts.items():
        code, _, value = term.partition("=")
        by_code[code][value] = number
    return [
        facet(one, query, by_code[one.code])
        for one in words.attributes.values()
        if one.facet and one.code in by_code
    ]


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
