"""Prices and availability in the reader's words, and the fragment of a page without script."""

from collections.abc import Mapping
from datetime import UTC
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from apps.customers.interface import signed_in
from commerce.browser import carried
from commerce.money import Money

from .domain import Supply
from .interface import EVERYBODY, Audience
from .service.live import Offer, Opening, for_strangers


@require_safe
@xframe_options_sameorigin
@cache_control(private=True, max_age=1)
def live(request: HttpRequest, sku: str) -> HttpResponse:
    """Show one SKU's price and availability to a page that runs no script."""
    asked = request.GET.get("currency") or request.COOKIES.get("currency")
    currency = asked if asked in settings.CURRENCIES else settings.CURRENCIES[0]
    offers = for_strangers((sku,), currency, seen_by(request))
    found = [place(offer, get_language() or "en") for offer in offers]
    values = next(iter(found), {"offer": None}) | {"large": request.GET.get("size") == "large"}
    return render(request, "pricing/live.html", values)


def seen_by(request: HttpRequest) -> Audience:
    """Return who is to see the prices of a page: whoever is signed in sees his own."""
    who = signed_in(carried(request, "session"))
    return Audience(groups=who.groups, customer=who.id) if who else EVERYBODY


def place(offer: Offer, locale: str) -> dict[str, Any]:
    """Say what stands on a page in the place of a SKU, and whether one can wait for it there."""
    waits = offer.supply is Supply.SOLD_OUT and offer.single
    return {"offer": shown(offer, locale), "waits": waits}


def shown(offer: Offer, locale: str) -> dict[str, Any]:
    """Put an offer into plain values and the reader's words; the language must be active."""
    before = offer.price.before
    return {
        "sku": offer.price.sku,
        "price": amount(offer.price.unit, locale),
        "before": amount(before, locale) if before else None,
        "lowest": amount(offer.lowest, locale) if offer.lowest else None,
        "availability": {
            "state": offer.supply.value,
            "free": offer.free,
            "starts_at": offer.opening and offer.opening.starts_at,
            "text": opens(offer.opening)
            if offer.opening
            else words(offer.supply, offer.free, locale),
            "line": offer.opening and offer.opening.sku,
        },
    }


@lru_cache(maxsize=10_000)
def amount(money: Money, locale: str) -> Mapping[str, str]:
    """Write an amount for programs and for people."""
    return money.to_json() | {"formatted": money.format(locale)}


def opens(opening: Opening) -> str:
    """Say in the active language when a sale begins."""
    moment = opening.starts_at.astimezone(UTC)
    told = {"day": date_format(moment, "DATE_FORMAT"), "time": f"{moment:%H:%M}"}
    return gettext("On sale from %(day)s at %(time)s (UTC)") % told


@lru_cache(maxsize=1_000)
def words(state: Supply, free: int | None, locale: str) -> str:
    """Say in the active language, which is this locale's, how much is left."""
    match state:
        case Supply.IN_STOCK:
            return gettext("In stock")
        case Supply.SOLD_OUT:
            return gettext("Sold out")
        case Supply.UNKNOWN:
            return gettext("We cannot say right now how many are left")
    return ngettext("Only %(free)d left", "Only %(free)d left", free or 0) % {"free": free}
