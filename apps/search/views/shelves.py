"""A category page is a search, and so is a search page: filters are links anybody can share."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from apps.catalog.interface import Category, catalog

from ..domain import CHOICES, LONGEST, PROPERTIES
from ..interface import Facet, FacetValue, Query, Results
from ..service import SearchService

CACHED = 60  # seconds at the edge
SIZE = 24  # tiles on a page
LAST = 400  # page beyond which nothing is shown
SORTS = {"relevance", "name", "newest"}


@require_safe
@cache_control(public=True, max_age=0, s_maxage=CACHED, stale_while_revalidate=CACHED)
def category(request: HttpRequest, path: str) -> HttpResponse:
    """Show a shelf with everything below it."""
    tree = {one.path: one for one in catalog.categories()}
    if path not in tree:
        raise Http404
    query = asked(request, category=path)
    steps = path.split("/")
    above = [tree["/".join(steps[: n + 1])] for n in range(len(steps) - 1)]
    shelf = {
        "title": said(tree[path], query.locale),
        "description": tree[path].description.get(query.locale, ""),
        "crumbs": [{"path": one.path, "name": said(one, query.locale)} for one in above],
        "structured": trail([*above, tree[path]], query.locale),
    }
    return render(request, "search/shelf.html", shelf | listing(query))


@require_safe
@cache_control(public=True, max_age=0, s_maxage=CACHED, stale_while_revalidate=CACHED)
def results(request: HttpRequest) -> HttpResponse:
    """Show what was found for a question; without one, everything."""
    query = asked(request)
    title = gettext("Results for “%(text)s”") % {"text": query.text} if query.text else ""
    shelf = {"title": title or gettext("Everything"), "question": query.text}
    return render(request, "search/shelf.html", shelf | listing(query))


@require_safe
@cache_control(public=True, max_age=0, s_maxage=CACHED, stale_while_revalidate=CACHED)
def guesses(request: HttpRequest) -> JsonResponse:
    """Guess what is being typed into the search box."""
    text = request.GET.get("q", "")[:LONGEST]
    told = SearchService().suggest(text=text, locale=get_language() or "en")
    return JsonResponse([{"text": each.text} for each in told], safe=False)


def asked(request: HttpRequest, *, category: str = "") -> Query:
    """Read a question from the address; what makes no sense is left out."""
    given = request.GET
    page = int(given["page"]) if given.get("page", "").isdecimal() else 1
    filters = {
        name[2:-1]: tuple([value for value in given.getlist(name) if value][:CHOICES])
        for name in given
        if name.startswith("f[") and name.endswith("]")
    }
    return Query(
        locale=get_language() or "en",
        text=given.get("q", "")[:LONGEST].strip(),
        category=category or given.get("category", ""),
        filters={code: values for code, values in list(filters.items())[:PROPERTIES] if values},
        sort=given["sort"] if given.get("sort") in SORTS else "relevance",
        start=SIZE * (max(1, min(page, LAST)) - 1),
        size=SIZE,
    )


def trail(steps: list[Category], locale: str) -> dict[str, Any]:
    """Say the way to a shelf as https://schema.org/BreadcrumbList."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": place,
                "name": said(step, locale),
                "item": settings.SHOP_URL + reverse("category", args=[step.path]),
            }
            for place, step in enumerate(steps, start=1)
        ],
    }


def listing(query: Query) -> dict[str, Any]:
    """Run the question and lay out tiles, facets, sorting and pages as plain values."""
    found = SearchService().find(query=query)
    page = query.start // SIZE + 1
    more = query.start + len(found.hits) < found.total and page < LAST
    return {
        "total": found.total,
        "hits": found.hits,
        "facets": [shown(facet, query) for facet in found.facets],
        "narrowed": bool(query.filters),
        "clear": link(query, filters={}),
        "sorts": sorts(query),
        "before": link(query, page=page - 1) if page > 1 else None,
        "after": link(query, page=page + 1) if more else None,
        "suggestion": suggestion(found, query),
        "canonical": canonical(query),
        "indexed": bool(found.total) and not query.text and not query.filters,
    }


def shown(facet: Facet, query: Query) -> dict[str, Any]:
    """Lay out a facet; each choice is a link that adds or removes it."""
    label = gettext("Category") if facet.code == "category" else facet.label
    chosen = any(value.selected for value in facet.values)
    values = [
        {
            "label": value.label,
            "count": value.count,
            "selected": value.selected,
            "url": narrow(facet, value, query),
        }
        for value in facet.values
    ]
    return {"code": facet.code, "label": label, "values": values, "open": chosen}


def narrow(facet: Facet, value: FacetValue, query: Query) -> str:
    """Link to the same question with one choice more or less."""
    if facet.code == "category":
        return link(query, category=value.value)
    before = query.filters.get(facet.code, ())
    after = tuple(one for one in before if one != value.value)
    if not value.selected:
        after = (*before, value.value)
    return link(query, filters={**query.filters, facet.code: after})


def sorts(query: Query) -> list[dict[str, Any]]:
    """The orders one can choose between."""
    names = {"relevance": gettext("Best first"), "name": gettext("Name"), "newest": gettext("New")}
    return [
        {"label": label, "url": link(query, sort=code), "current": code == query.sort}
        for code, label in names.items()
    ]


def canonical(query: Query) -> str:
    """Name the one address under which search engines keep a page: unsorted and not narrowed."""
    page = query.start // SIZE + 1
    return settings.SHOP_URL + link(query, page=page, sort="relevance", filters={})


def suggestion(found: Results, query: Query) -> dict[str, str] | None:
    """A spelling that would find something, as a link."""
    if not found.suggestion:
        return None
    text = found.suggestion
    return {"text": text, "url": f"{reverse('search')}?{urlencode({'q': text})}"}


def link(
    query: Query,
    *,
    page: int = 1,
    sort: str | None = None,
    category: str | None = None,
    filters: dict[str, tuple[str, ...]] | None = None,
) -> str:
    """Write a question as an address, always in the same order, so that it is cached once."""
    chosen = query.filters if filters is None else filters
    shelf = query.category if category is None else category
    sort = sort or query.sort
    pairs = [("q", query.text)] if query.text else []
    pairs += [(f"f[{code}]", value) for code in sorted(chosen) for value in sorted(chosen[code])]
    pairs += [("sort", sort)] if sort != "relevance" else []
    pairs += [("page", str(page))] if page > 1 else []
    if query.text and shelf:
        pairs.insert(1, ("category", shelf))
    base = reverse("category", args=[shelf]) if shelf and not query.text else reverse("search")
    return f"{base}?{urlencode(pairs)}" if pairs else base


def said(category: Category, locale: str) -> str:
    """Name a category in a language, or in whichever there is."""
    return category.name.get(locale) or next(iter(category.name.values()), category.path)
