"""How good answers are, as people judged them: nDCG, https://dl.acm.org/doi/10.1145/582415.582418."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from apps.search.domain import gain
from apps.search.interface import Query, search

TOP = 10  # hits that count


class Judgement(NamedTuple):
    """That a product answers a question so well: 0 not at all, 3 best."""

    query: str
    product: str  # its SKU or slug
    grade: float


def judge(judgements: Iterable[Judgement], locale: str) -> dict[str, float]:
    """Return the nDCG@10 of each question, 1 for the best possible order."""
    graded: dict[str, dict[str, float]] = defaultdict(dict)
    for query, product, grade in judgements:
        graded[query][product.casefold()] = grade
    return {query: score(query, grades, locale) for query, grades in graded.items()}


def score(text: str, grades: Mapping[str, float], locale: str) -> float:
    """Compare the gain of an answer with that of the best one."""
    hits = search.find(query=Query(locale, text, size=TOP)).hits
    told = [grades.get(hit.slug, grades.get(hit.sku.casefold(), 0.0)) for hit in hits]
    best = gain(sorted(grades.values(), reverse=True)[:TOP])
    return gain(told) / best if best else 1.0
