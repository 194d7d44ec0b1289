"""What pages of every context share: language links, pictures, live places, spoken texts."""

from typing import Any
from uuid import UUID

from django import template
from django.conf import settings
from django.urls import reverse, translate_url
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info

from commerce import ids
from commerce.money import Money

register = template.Library()
WIDTHS = (320, 640, 1280)  # pixels; renditions the media context makes


@register.simple_tag
def shop_name() -> str:
    """Name the shop as its merchant does."""
    return settings.SHOP_NAME


@register.simple_tag
def currencies() -> list[str]:
    """List the currencies one can pay in."""
    return list(settings.CURRENCIES)


@register.simple_tag(takes_context=True)
def languages(context: dict[str, Any]) -> list[dict[str, str]]:
    """Link this very page in every language; a page without an address links home."""
    request = context.get("request")
    path = request.get_full_path() if request else reverse("home")
    return [
        {
            "code": code,
            "name": get_language_info(code)["name_local"].capitalize(),
            "url": translate_url(path, code),
        }
        for code, _ in settings.LANGUAGES
    ]


@register.filter
def structured(said: dict[str, Any]) -> SafeString:
    """Say what a page shows as schema.org does; a block of JSON is no script and never runs."""
    block = json_script({"@context": "https://schema.org", **said})
    return SafeString(block.replace("application/json", "application/ld+json", 1))


@register.filter
def spoken(texts: dict[str, str] | None) -> str:
    """Choose the text in the reader's language, or in the first there is."""
    texts = texts or {}
    return texts.get(get_language() or "en") or next(iter(texts.values()), "")


@register.filter
def public(value: UUID, kind: str) -> str:
    """Write an id for the outside."""
    return ids.public(kind, value)


@register.filter
def money(amount: Money) -> str:
    """Write an amount as the reader expects to see it."""
    return amount.format(get_language() or "en")


@register.simple_tag
def picture(key: str | None, alt: str = "", sizes: str = "50vw", eager: bool = False) -> SafeString:
    """Show a stored picture in the width the page needs; without a key, nothing."""
    if not key:
        return SafeString("")
    sources = ", ".join(f"{reverse('picture', args=[key, width])} {width}w" for width in WIDTHS)
    return format_html(
        '<img src="{}" srcset="{}" sizes="{}" width="640" height="800" alt="{}" {}>',
        reverse("picture", args=[key, 640]),
        sources,
        sizes,
        alt,
        SafeString('fetchpriority="high"' if eager else 'loading="lazy" decoding="async"'),
    )


@register.simple_tag
def srcset(key: str) -> str:
    """List a picture's widths for a script that shows it later."""
    return ", ".join(f"{reverse('picture', args=[key, width])} {width}w" for width in WIDTHS)


@register.simple_tag
def live(sku: str, size: str = "") -> SafeString:
    """Leave a place for the price and stock of a SKU, which no cached page may hold."""
    return format_html(
        '<div class="live {}" data-live="{}"></div>'
        '<noscript><iframe class="fragment {}" src="{}" title="{}" loading="lazy"></iframe>'
        "</noscript>",
        size,
        sku,
        size,
        f"{reverse('live-fragment', args=[sku])}?size={size}",
        sku,
    )
