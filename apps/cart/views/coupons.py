"""The coupon form of the cart page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from apps.pricing.interface import CouponRefused
from commerce.browser import from_our_pages

from .. import service
from . import edit, page

LONGEST = 60  # characters


@require_POST
@from_our_pages
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a coupon; why one gives nothing is said beside the field it was typed in."""
    code = request.POST.get("code", "").strip()[:LONGEST]
    if not code:
        return redirect("cart")
    try:
        return edit(request, lambda cart: service.enter_coupon(cart, code))
    except CouponRefused as refusal:
        return page(request, refused=refusal)


@require_POST
@from_our_pages
def take_out(request: HttpRequest) -> HttpResponse:
    """Take a coupon out."""
    code = request.POST.get("code", "")
    return edit(request, lambda cart: service.take_coupon_out(cart, code))
