"""A product's page: everything but price and stock, so that it is the same for everyone."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from .interface import Attribute, Category, Item, Kind, Product, UnknownProduct, slugs
from .service import CatalogService

CACHED = 300  # seconds at the edge; a change is purged by its fact


@require_safe
@cache_control(public=True, max_age=0, s_maxage=CACHED, stale_while_revalidate=CACHED)
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one product."""
    try:
        found = CatalogService().product(slug=slug)
    except UnknownProduct:
        raise Http404 from None
    return render(request, "catalog/product.html", page(found))


def page(product: Product) -> dict[str, Any]:
    """Turn a product into the plain values its page shows."""
    draft, words, service = product.draft, Words(), CatalogService()
    parts = service.items(skus=tuple(part.sku for part in draft.components))
    return {
        "slug": draft.slug,
        "name": words.say(draft.name),
        "summary": mark_safe(words.say(draft.summary)),
        "description": mark_safe(words.say(draft.description)),
        "crumbs": crumbs(draft.categories, words),
        "pictures": [
            {
                "asset": picture.asset,
                "alt": words.say(picture.alt),
                "options_json": json.dumps(picture.options) if picture.options else "",
            }
            for picture in draft.pictures
        ],
        "choices": choices(product, words),
        "variants": [{"sku": v.sku, "options": v.options} for v in draft.variants],
        "sku": draft.variants[0].sku if draft.variants else None,
        "facts": facts(product, words),
        "parts": [
            part_of(parts[part.sku], part.quantity, words)
            for part in draft.components
            if part.sku in parts
        ],
        "grouped": draft.kind is Kind.GROUPED,
        "ships": draft.kind not in (Kind.VIRTUAL, Kind.DOWNLOADABLE),
    }


class Words:
    """The catalogue's words in the reader's language."""

    def __init__(self) -> None:
        service = CatalogService()
        self.locale = get_language() or "en"
        self.attributes: dict[str, Attribute] = {one.code: one for one in service.attributes()}
        self.categories: dict[str, Category] = {one.path: one for one in service.categories()}

    def say(self, texts: dict[str, str]) -> str:
        """Choose the text in the reader's language, or in the first there is."""
        return texts.get(self.locale) or next(iter(texts.values()), "")

    def label(self, code: str) -> str:
        """Name a property."""
        known = self.attributes.get(code)
        return (self.say(known.label) if known else "") or code.replace("_", " ").capitalize()

    def value(self, code: str, value: str) -> str:
        """Name one of a property's values."""
        known = self.attributes.get(code)
        return (self.say(known.values.get(value, {})) if known else "") or value


def crumbs(categories: tuple[str, ...], words: Words) -> list[dict[str, str]]:
    """Lead from the top of the tree to the product's own shelf."""
    steps = slugs(categories[-1]).split("/") if categories else []
    paths = ["/".join(steps[: n + 1]) for n in range(len(steps))]
    known = [words.categories[path] for path in paths if path in words.categories]
    return [{"path": one.path, "name": words.say(one.name)} for one in known]


def choices(product: Product, words: Words) -> list[dict[str, Any]]:
    """List what a shopper chooses by, in the merchant's order, with the first variant chosen."""
    variants = product.draft.variants
    return [
        {
            "code": code,
            "label": words.label(code),
            "values": [
                {
                    "value": value,
                    "label": words.value(code, value),
                    "chosen": value == variants[0].options.get(code),
                }
                for value in in_order(code, product, words)
            ],
        }
        for code in product.draft.options
        if variants
    ]


def in_order(code: str, product: Product, words: Words) -> list[str]:
    """The values of an option that some variant has, as the attribute orders them."""
    used = dict.fromkeys(v.options[code] for v in product.draft.variants if code in v.options)
    known = words.attributes.get(code)
    order = {value: place for place, value in enumerate(known.values if known else ())}
    return sorted(used, key=lambda value: order.get(value, len(order)))


def facts(product: Product, words: Words) -> list[dict[str, str]]:
    """List the properties that are no choice."""
    return [
        {"label": words.label(code), "value": ", ".join(words.value(code, one) for one in values)}
        for code, values in product.draft.attributes.items()
        if values and code not in product.draft.options and code in words.attributes
    ]


def part_of(item: Item, quantity: int, words: Words) -> dict[str, Any]:
    """Show what a bundle contains or a group offers."""
    return {
        "sku": item.sku,
        "slug": item.slug,
        "name": words.say(item.name),
        "options": ", ".join(words.value(code, one) for code, one in item.options.items()),
        "picture": item.picture,
        "quantity": quantity,
    }
