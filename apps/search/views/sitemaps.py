"""All addresses of the shop for search engines: https://www.sitemaps.org/protocol.html.

A file is written while it is sent, and tells each page in every language beside the others.
"""

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from apps.catalog.interface import catalog
from apps.search import store

MOST = 50_000  # addresses in one file, says the protocol
KEPT = 3600  # seconds at the edge
AT_ONCE = 500  # addresses in one piece of an answer
CODES = [code for code, _ in settings.LANGUAGES]
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
LANGUAGES = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'
kept = cache_control(public=True, max_age=0, s_maxage=KEPT)


@require_safe
@kept
def robots(request: HttpRequest) -> HttpResponse:
    """Tell crawlers where the addresses are, and which ones lead nowhere new."""
    lines = ["User-agent: *", "Disallow: /*?*f%5B", "Disallow: /*?*f[", "Disallow: /*sort="]
    return HttpResponse(
        "\n".join([*lines, f"Sitemap: {settings.SHOP_URL}{reverse('sitemap')}", ""]),
        content_type="text/plain",
    )


@require_safe
@kept
def index(request: HttpRequest) -> HttpResponse:
    """Name all files."""
    files = [reverse("sitemap-shelves")]
    files += [reverse("sitemap-products", args=[n + 1]) for n in range(parts())]
    named = "".join(f"<sitemap><loc>{settings.SHOP_URL}{file}</loc></sitemap>\n" for file in files)
    body = f"{HEAD}<sitemapindex {NAMESPACE}>\n{named}</sitemapindex>\n"
    return HttpResponse(body, content_type="application/xml")


@require_safe
@kept
def shelves(request: HttpRequest) -> StreamingHttpResponse:
    """Tell the addresses of all categories."""
    return streamed("category", (dict.fromkeys(CODES, one.path) for one in catalog.categories()))


@require_safe
@kept
def products(request: HttpRequest, number: int) -> StreamingHttpResponse:
    """Tell the addresses of one part of the products."""
    if not 1 <= number <= parts():
        raise Http404
    return streamed("product", map(addressed, store.part(number - 1, parts())))


def parts() -> int:
    """How many files the products fill."""
    return store.parts(MOST // len(CODES))


def streamed(page: str, slugs: Iterable[dict[str, str]]) -> StreamingHttpResponse:
    """Send a file piece by piece."""
    return StreamingHttpResponse(pieces(page, slugs), content_type="application/xml")


def pieces(page: str, slugs: Iterable[dict[str, str]]) -> Iterator[str]:
    """Write the addresses of pages of one kind."""
    yield f"{HEAD}<urlset {NAMESPACE} {LANGUAGES}>\n"
    templates, batch = addresses(page), []
    for each in slugs:
        batch += told(each, templates)
        if len(batch) >= AT_ONCE:
            yield "".join(batch)
            batch = []
    yield "".join((*batch, "</urlset>\n"))


def addresses(page: str) -> dict[str, tuple[str, str]]:
    """Return what stands before and after the slug in the address of a page, by language."""
    found = {}
    for code in CODES:
        with override(code):
            before, after = reverse(page, args=["slug"]).rsplit("slug", 1)
        found[code] = (escape(settings.SHOP_URL + before), escape(after))
    return found


def addressed(tile: store.Tile) -> dict[str, str]:
    """Return the slug of a product in each language."""
    return {code: tile.address(code) for code in CODES}


def told(slugs: dict[str, str], templates: dict[str, tuple[str, str]]) -> list[str]:
    """Tell a page once in each language, with links to the others."""
    urls = {code: before + slugs[code] + after for code, (before, after) in templates.items()}
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{url}"/>'
        for code, url in urls.items()
    )
    return [f"<url><loc>{url}</loc>{links}</url>\n" for url in urls.values()]
