"""The gift card form of the cart page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from apps.pricing.interface import UnknownGiftCard
from commerce import ids
from commerce.browser import from_our_pages

from .. import service
from ..domain import EmptyCard, OtherMoney
from . import edit, page
from .words import no_card

LONGEST = 60  # characters


class NotTaken(Exception):
    """The cart cannot be paid with this card; says why in the shopper's words."""


@require_POST
@from_our_pages
def enter(request: HttpRequest) -> HttpResponse:
    """Let a gift card pay; why one cannot is said beside the field it was typed in."""
    code = request.POST.get("code", "").strip()[:LONGEST]
    if not code:
        return redirect("cart")
    try:
        return edit(request, lambda cart: take(cart, code))
    except NotTaken as refusal:
        return page(request, card_refused=str(refusal))


def take(cart: UUID, code: str) -> None:
    """Take a card, or say why not."""
    try:
        service.enter_card(cart, code)
    except (UnknownGiftCard, EmptyCard, OtherMoney) as refusal:
        raise NotTaken(no_card(refusal)) from None


@require_POST
@from_our_pages
def take_out(request: HttpRequest, card: str) -> HttpResponse:
    """Let a gift card pay no longer."""
    return edit(request, lambda cart: service.take_card_out(cart, ids.parse("card", card)))
