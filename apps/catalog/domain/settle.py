"""Brings drafts into the one form in which they are compared and kept."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import nh3

from apps.catalog.interface import Kind, ProductDraft, Variant, slugs

TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "h5", "blockquote", "ul", "ol", "li", "dl", "dt", "dd"),
    *("strong", "b", "em", "i", "u", "s", "sub", "sup", "a"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
}
SCHEMES = {"http", "https", "mailto", "tel"}
LETTERS = r"[^<>&\r\0\xa0]"  # that no parser of HTML reads as anything else
PLAIN = re.compile(rf"(?>{LETTERS}++|<p>{LETTERS}*+</p>|<ul>(?:<li>{LETTERS}*+</li>)*+</ul>)*+")


def settle(draft: ProductDraft) -> ProductDraft:
    """Clean the HTML, drop empty texts, and name the only variant where none is named."""
    settled: dict[str, Any] = {
        "name": said(draft.name),
        "slugs": {locale: slug for locale, slug in said(draft.slugs).items() if slug != draft.slug},
        "summary": cleaned(draft.summary),
        "description": cleaned(draft.description),
        "variants": draft.variants or only_variant(draft),
    }
    same = all(getattr(draft, name) == value for name, value in settled.items())
    return draft if same else replace(draft, **settled)


def led_on(draft: ProductDraft, moved: Mapping[str, str]) -> ProductDraft:
    """Name categories that were moved as they are named now; `moved` goes by former slugs."""
    if not moved:
        return draft
    now = dict.fromkeys(moved.get(slugs(path), path) for path in draft.categories)
    return replace(draft, categories=tuple(now))


def said(texts: Mapping[str, str]) -> dict[str, str]:
    """Leave out the languages in which nothing is said."""
    return {locale: text.strip() for locale, text in texts.items() if text.strip()}


def cleaned(texts: Mapping[str, str]) -> dict[str, str]:
    """Keep of HTML what a shop page may show, and nothing that can run."""
    return said({locale: clean(html) for locale, html in texts.items()})


def clean(html: str) -> str:
    """Pass one text through the list of what is allowed, unless it is plain paragraphs or lists."""
    if PLAIN.fullmatch(html):
        return html
    return nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener"
    )


def only_variant(draft: ProductDraft) -> tuple[Variant, ...]:
    """A product without choices is bought under its own key."""
    if draft.kind in (Kind.CONFIGURABLE, Kind.GROUPED):
        return ()
    return (Variant(sku=draft.key),)


def picture_for(draft: ProductDraft, variant: Variant) -> str | None:
    """Choose the first picture that shows this choice, else the first of all."""
    fitting = (p for p in draft.pictures if p.options.items() <= variant.options.items())
    chosen = next(fitting, None) or next(iter(draft.pictures), None)
    return chosen.asset if chosen else None
