"""The page on which shoppers wait for a sale; scripts get the same place in a few bytes."""

import math
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.catalog.interface import Item
from apps.stock.interface import Place, Standing, TooManyPlaces
from commerce import clock
from commerce.browser import LIFETIME, from_our_pages, wants_json

from .. import service
from . import begin, keep, refuse, to_line
from .visits import visit

TICKET = "place"  # the cookie that keeps a place should the shop lose its line


@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the browser's place in the line of a sale; a browser without a cart may get one."""
    sku = request.GET.get("sku", "")[:255]
    item = service.items((sku,)).get(sku)
    if item is None:
        raise Http404
    cart = visit(request).cart
    if cart is None:
        return answered(request, item, None)
    try:
        place = service.line_up(cart, sku, ticket=request.COOKIES.get(TICKET, "")[:512])
    except TooManyPlaces:
        text = gettext("Many people wait where you are. Please try again in a minute.")
        return refuse(request, text, 429)
    if place is None or place.standing is Standing.OPEN:
        return redirect("product", item.slug)
    return carrying(answered(request, item, place), place)


@require_POST
@from_our_pages
def join(request: HttpRequest) -> HttpResponse:
    """Give a browser a cart, and thereby a place."""
    cart = visit(request).cart or begin(request)
    return keep(request, to_line(request, request.POST.get("sku", "")[:255]), cart)


def carrying(response: HttpResponse, place: Place) -> HttpResponse:
    """Let the browser carry its ticket."""
    if place.ticket:
        response.set_cookie(
            TICKET,
            place.ticket,
            max_age=LIFETIME,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def answered(request: HttpRequest, item: Item, place: Place | None) -> HttpResponse:
    """Write a place for a script or as a page."""
    if wants_json(request):
        return JsonResponse(in_short(place) if place else {})
    values: dict[str, Any] = {"item": item, "place": place}
    if place:
        values |= in_short(place)
        values["starts_in"] = seconds_to(place)
    return render(request, "cart/line.html", values)


def in_short(place: Place) -> dict[str, Any]:
    """Say what changes while somebody waits."""
    return {
        "standing": place.standing.value,
        "position": place.position,
        "ask_again": place.again,
        "wait": wait_text(place),
    }


def seconds_to(place: Place) -> int:
    """Count the seconds until the sale begins."""
    return max(0, math.ceil((place.starts_at - clock.now()).total_seconds()))


def wait_text(place: Place) -> str:
    """Say how long it takes at least until somebody's turn."""
    if place.standing is not Standing.WAITING or place.wait is None:
        return ""
    if place.wait < 60:
        return gettext("It can be your turn within a minute, if goods are left.")
    minutes = math.ceil(place.wait / 60)
    return ngettext(
        "It takes %(minutes)d minute at least until it is your turn.",
        "It takes %(minutes)d minutes at least until it is your turn.",
        minutes,
    ) % {"minutes": minutes}
