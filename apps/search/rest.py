"""Finding products over the API: hits, facets with counts, and a better spelling."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import override

from commerce import ids
from commerce.rest.endpoint import Reply, endpoint

from .domain import FURTHEST
from .interface import Facet, Hit, Query, Results
from .service import SearchService

CACHED = 60  # seconds at the edge


class Question(msgspec.Struct, kw_only=True, frozen=True, rename={"start": "from"}):
    """What is looked for; `f[color]=Blue,Red` narrows by a property."""

    q: str = ""
    category: str = ""
    f: dict[str, tuple[str, ...]] = {}
    sort: Literal["relevance", "name", "newest"] = "relevance"
    locale: Literal["en", "fr"] = "en"
    start: Annotated[int, msgspec.Meta(ge=0, le=FURTHEST)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 24


class HitBody(msgspec.Struct, frozen=True):
    """A product that was found; `sku` stands for its price, `url` leads to its document."""

    id: str
    url: str
    slug: str
    name: str
    sku: str
    picture: str | None
    alternatives: int


class Window(msgspec.Struct, frozen=True, rename={"start": "from"}):
    """Which of the hits are shown; there is nothing beyond the 10,000th."""

    start: int
    has_more: bool


class Found(msgspec.Struct, frozen=True):
    """Hits, facets with counts over all that match, and a better spelling if there is one."""

    data: tuple[HitBody, ...]
    total: int
    facets: tuple[Facet, ...]
    did_you_mean: str | None
    page: Window


@endpoint("GET", credentials=("pk", "sk"), query=Question, cache=CACHED, answers={200: Found})
def products(request: HttpRequest, *, query: Question) -> Reply:
    """Find products; `total` counts all that match, `page` shows some."""
    found = SearchService().find(
        query=Query(
            locale=query.locale,
            text=query.q,
            category=query.category,
            filters={code: values for code, values in query.f.items() if values},
            sort=query.sort,
            start=query.start,
            size=query.limit,
        )
    )
    return Reply(200, shown(found, query))


def shown(found: Results, query: Question) -> dict[str, Any]:
    """Write results as the API does."""
    end = query.start + len(found.hits)
    return {
        "data": [hit(one) for one in found.hits],
        "total": found.total,
        "facets": [asdict(facet) for facet in found.facets],
        "did_you_mean": found.suggestion,
        "page": {"from": query.start, "has_more": end < min(found.total, FURTHEST)},
    }


def hit(one: Hit) -> dict[str, Any]:
    """Write one hit; its price and stock are asked for separately by SKU."""
    product = ids.public("prod", one.product)
    return {
        "id": product,
        "url": reverse("catalog-product", args=[product]),
        "slug": one.slug,
        "name": one.name,
        "sku": one.sku,
        "picture": one.picture and reverse("picture", args=[one.picture, 640]),
        "alternatives": one.alternatives,
    }


class Beginning(msgspec.Struct, kw_only=True, frozen=True):
    """What a shopper has typed so far."""

    q: str = ""
    locale: Literal["en", "fr"] = "en"


class SuggestionBody(msgspec.Struct, frozen=True):
    """A guess, and the page of the shop that it leads to."""

    text: str
    leads: Literal["product", "category"]
    url: str


class Guesses(msgspec.Struct, frozen=True):
    """What a shopper may be looking for, categories first."""

    data: tuple[SuggestionBody, ...]


@endpoint("GET", credentials=("pk", "sk"), query=Beginning, cache=CACHED, answers={200: Guesses})
def suggestions(request: HttpRequest, *, query: Beginning) -> Reply:
    """Guess from its beginning what a shopper is going to look for."""
    return Reply(200, {"data": guesses(query.q, query.locale)})


def guesses(text: str, locale: str) -> list[dict[str, str]]:
    """Write guesses as the API does."""
    with override(locale):
        return [
            {
                "text": each.text,
                "leads": each.leads.value,
                "url": reverse(each.leads.value, args=[each.to]),
            }
            for each in SearchService().suggest(text=text, locale=locale)
        ]


urlpatterns = [
    path("products", products, name="search-products"),
    path("suggestions", suggestions, name="search-suggestions"),
]
