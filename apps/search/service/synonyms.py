"""The merchant's synonyms, remembered for some seconds."""

from apps.search.models import Synonyms
from commerce.fleeting import Fleeting

Term = tuple[str, ...]
KNOWN: Fleeting[str, dict[Term, frozenset[Term]]] = Fleeting(5.0)


def synonyms(locale: str) -> dict[Term, frozenset[Term]]:
    """Return all terms that mean the same as a term, itself included."""
    known = KNOWN.entries()
    if locale not in known:
        known[locale] = read(locale)
    return known[locale]


def read(locale: str) -> dict[Term, frozenset[Term]]:
    """Read what merchants say of a language."""
    found: dict[Term, frozenset[Term]] = {}
    for group in Synonyms.objects.filter(language=locale):
        terms = group.terms()
        for term in terms:
            found[term] = found.get(term, frozenset()) | frozenset(terms)
    return found
