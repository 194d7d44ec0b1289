"""A product's page: everything but price and stock, so that it is the same for everyone."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import Http404, HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.dateparse import parse_date
from django.utils.formats import date_format, number_format
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from commerce import clock

from .interface import (
    Attribute,
    Category,
    Item,
    Kind,
    Product,
    ProductClass,
    ProductDraft,
    Type,
    UnknownProduct,
    Visibility,
    slugs,
)
from .service import CatalogService

CACHED = 300  # seconds at the edge; a change is purged by its fact
MOST_SHOWN = 8  # products beside one


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show one product, at its address in the reader's language."""
    try:
        found = CatalogService().product(slug=slug)
    except UnknownProduct:
        raise Http404 from None
    own = slug_of(found.draft)
    answer: HttpResponseBase
    if slug == own:
        answer = render(request, "catalog/product.html", page(found))
    else:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        answer = HttpResponsePermanentRedirect(reverse("product", args=[own]) + query)
    kept = lasting(found.draft)
    patch_cache_control(answer, public=True, max_age=0, s_maxage=kept, stale_while_revalidate=kept)
    return answer


def slug_of(draft: ProductDraft) -> str:
    """The slug of a product in the reader's language."""
    return draft.slugs.get(get_language() or "", draft.slug)


def lasting(draft: ProductDraft) -> int:
    """For how many seconds a cache may keep the page: not beyond the end of the product's time."""
    if draft.online_until is None:
        return CACHED
    left = (draft.online_until - clock.now()).total_seconds()
    return max(0, min(CACHED, int(left)))


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
        "shelves": beside(draft, words),
    }


def beside(draft: ProductDraft, words: "Words") -> list[dict[str, Any]]:
    """The products that belong to this one: in its place, with it, and like it."""
    shelves = (
        (gettext("Its successor"), (draft.replacement,) if draft.replacement else ()),
        (gettext("Goes with it"), draft.accessories[:MOST_SHOWN]),
        (gettext("Similar"), draft.related[:MOST_SHOWN]),
    )
    keys = tuple(dict.fromkeys(key for _, some in shelves for key in some))
    found = CatalogService().find(codes=keys) if keys else ()
    tiles = {each.draft.key.upper(): tile(each.draft, words) for each in found if shown(each.draft)}
    filled = (
        (name, [tiles[key.upper()] for key in some if key.upper() in tiles])
        for name, some in shelves
    )
    return [{"name": name, "tiles": some} for name, some in filled if some]


def shown(draft: ProductDraft) -> bool:
    """Whether shoppers may meet a product now."""
    return draft.visibility is not Visibility.NOWHERE and draft.live_at(clock.now())


def tile(draft: ProductDraft, words: "Words") -> dict[str, Any]:
    """Show a product in small."""
    skus = [variant.sku for variant in draft.variants] or [part.sku for part in draft.components]
    return {
        "slug": slug_of(draft),
        "name": words.say(draft.name),
        "sku": skus[0],
        "picture": draft.pictures[0].asset if draft.pictures else None,
    }


class Words:
    """The catalogue's words in the reader's language."""

    def __init__(self) -> None:
        service = CatalogService()
        self.locale = get_language() or "en"
        self.attributes: dict[str, Attribute] = {one.code: one for one in service.attributes()}
        self.categories: dict[str, Category] = {one.path: one for one in service.categories()}
        self.classes: dict[str, ProductClass] = {one.code: one for one in service.classes()}

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
        if known is None:
            return value
        return self.say(known.values.get(value, {})) or in_words(known, value)

    def order(self, product_class: str) -> dict[str, int]:
        """The places of a class's attributes."""
        known = self.classes.get(product_class)
        return {trait.attribute: n for n, trait in enumerate(known.traits if known else ())}


def in_words(attribute: Attribute, value: str) -> str:
    """Write a value as people of the reader's country do; what it cannot be stays as it is."""
    try:
        match attribute.type:
            case Type.BOOLEAN:
                return gettext("Yes") if value == "true" else gettext("No")
            case Type.DATE if day := parse_date(value):
                return date_format(day)
            case Type.NUMBER | Type.MEASURE:
                number = number_format(Decimal(value), force_grouping=True)
                return f"{number}\N{NO-BREAK SPACE}{attribute.unit}".strip()
    except (ValueError, InvalidOperation):
        return value
    return value


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
    """List the properties that are no choice, those of its class first and in its order."""
    order = words.order(product.draft.product_class)
    ranked = sorted(
        product.draft.attributes.items(), key=lambda each: order.get(each[0], len(order))
    )
    return [
        {"label": words.label(code), "value": ", ".join(words.value(code, one) for one in values)}
        for code, values in ranked
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
