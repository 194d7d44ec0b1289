"""The parts a question to the index is made of."""

from collections.abc import Iterable

from tantivy import Occur
from tantivy import Query as Clause

from apps.search import store
from apps.search.domain import alternatives, depth, fold, slips, words_of
from apps.search.interface import Query
from commerce import clock

from .synonyms import synonyms


def exact(text: str, locale: str) -> Clause:
    """Every word by its stem or as a beginning, or the whole text as a product's code."""
    asked = words_of(text)
    if not asked:
        return Clause.all_query()
    words = every([any_of(terms, locale) for terms in alternatives(asked, synonyms(locale))])
    code = Clause.term_query(store.schema(), "codes", fold(text.strip()), "basic")
    return Clause.disjunction_max_query([Clause.boost_query(code, 8.0), words])


def forgiving(text: str, locale: str) -> Clause:
    """Every word, give or take some letters."""
    return every([best_of(word, locale, distance=slips(word)) for word in words_of(text)])


def any_of(terms: Iterable[tuple[str, ...]], locale: str) -> Clause:
    """Whichever of some terms; all words of a term together."""
    return Clause.disjunction_max_query(
        [every([best_of(word, locale, distance=0) for word in term]) for term in sorted(terms)]
    )


def every(clauses: list[Clause]) -> Clause:
    """All clauses together; none at all lets everything through."""
    if not clauses:
        return Clause.all_query()
    return Clause.boolean_query([(Occur.Must, clause) for clause in clauses])


def best_of(word: str, locale: str, *, distance: int) -> Clause:
    """One word, wherever it fits best."""
    schema = store.schema()
    stem = next(iter(store.analyser(store.LANGUAGES[locale]).analyze(word)), word)
    name, text, words = f"name_{locale}", f"text_{locale}", f"words_{locale}"
    return Clause.disjunction_max_query(
        [
            Clause.boost_query(Clause.term_query(schema, name, stem), 4.0),
            Clause.term_query(schema, text, stem),
            Clause.fuzzy_term_query(schema, words, word, distance=distance, prefix=True),
        ]
    )


def within(query: Query, wanted: Clause, *, but: str = "") -> Clause:
    """What is wanted, narrowed by category and filters, as far as it is on sale."""
    chosen = [(Occur.Must, clause) for clause in (wanted, *narrowed(query, but=but))]
    return Clause.boolean_query([*chosen, *store.hidden(clock.now())])


def narrowed(query: Query, *, but: str = "") -> list[Clause]:
    """The clauses of a question's category and filters, all but one of them."""
    schema = store.schema()
    chosen = [
        Clause.term_set_query(schema, f"properties.{code}", values)
        for code, values in query.filters.items()
        if code != but and values
    ]
    if query.category:
        column = f"shelves.{depth(query.category)}"
        chosen.append(Clause.term_query(schema, column, query.category, "basic"))
    return chosen
