"""Going on with a cart on another device, by a link that the first one shows."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from commerce.browser import from_our_pages

from .. import service
from ..domain import TooOften
from ..service import elsewhere
from . import keep, own, refuse
from .visits import visit
from .words import reason


@never_cache
@require_safe
def offer(request: HttpRequest) -> HttpResponse:
    """Show the link by which another device goes on with this browser's cart."""
    found = own(request)
    if found is None or found.order is not None or not found.lines or found.customer:
        return redirect("cart")
    place = reverse("cart-elsewhere", args=[elsewhere.ticket(found.id)])
    return render(request, "cart/offer.html", {"link": request.build_absolute_uri(place)})


@never_cache
@require_safe
def show(request: HttpRequest, ticket: str) -> HttpResponse:
    """Ask whether to go on here; opening the link alone changes nothing."""
    found = elsewhere.taken(ticket)
    if found is None:
        return too_old(request)
    here = own(request)
    if here and here.id == found.id:
        return redirect("cart")
    values = {
        "count": sum(line.quantity for line in found.lines),
        "ticket": ticket,
        "joins": bool(here and here.order is None and here.lines),
    }
    return render(request, "cart/elsewhere.html", values)


@require_POST
@from_our_pages
@never_cache
def take(request: HttpRequest, ticket: str) -> HttpResponse:
    """Let this browser carry the cart, with what it had in its own."""
    found, here = elsewhere.taken(ticket), visit(request)
    if found is None:
        return too_old(request)
    try:
        if here.shopper:
            service.live(here.shopper, found.id)
        elif here.cart and here.cart != found.id:
            elsewhere.bring(here.cart, found.id)
    except TooOften as refusal:
        return refuse(request, reason(refusal), 429)
    return keep(request, redirect("cart"), found.id)


def too_old(request: HttpRequest) -> HttpResponse:
    """Say how to get a link that is good."""
    text = gettext(
        "This link is not good any more. Open your cart where you filled it: it has one."
    )
    return refuse(request, text, 410)
