"""A shopper's cart page and the forms that change it; scripts get the same answers as JSON."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.catalog.interface import UnknownProduct, catalog
from apps.pricing.interface import CouponAnswer, CouponRefused
from apps.stock.interface import HoldLimit, LapsedTooOften, NotStarted, OutOfStock, Waiting
from commerce import ids
from commerce.browser import LIFETIME, back, carry, from_our_pages, wants_json

from .. import service
from ..domain import MOST_UNITS, Frozen, Missing, Refused, TooMuch, TooOften
from ..interface import CartLine, CartOrdered, Contents, UnknownCart
from .gifts import waiting
from .visits import NAME, settled, visit
from .words import reason, why

NOT_YET = (NotStarted, Waiting)
NOT_KEPT = (OutOfStock, HoldLimit, LapsedTooOften, Frozen)
HINT = "shopping"  # a cookie for scripts: there is a cart worth asking for


@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show what is in the cart, what it costs, and until when it is held."""
    return page(request)


def page(
    request: HttpRequest,
    missing: Iterable[Missing] = (),
    *,
    refused: CouponRefused | None = None,
    card_refused: str = "",
) -> HttpResponse:
    """Render the cart, with what could not be kept aside or counted for it just now."""
    found = own(request)
    contents = found if found and found.order is None else None
    lines = contents.lines if contents else ()
    names = {line.sku: line.name for line in lines}
    values: dict[str, Any] = {
        "contents": contents if lines else None,
        "gone": contents.gone if contents else (),
        "lapsed": any(line.lapsed for line in lines),
        "again": any(line.lapsed and line.available for line in lines),
        "missing": [{"name": names.get(each.sku), "line": each} for each in missing],
        "held_until": contents.held_until if contents else None,
        "most": MOST_UNITS,
        "coupons": told(contents.quote.coupons if contents else ()),
        "refused": {"code": refused.code, "why": why(refused.refusal)} if refused else None,
        "card_refused": card_refused,
        "gifts": waiting(contents) if contents else (),
    }
    status = 422 if refused or card_refused else 200
    return settled(request, render(request, "cart/cart.html", values, status=status))


def told(coupons: Iterable[CouponAnswer]) -> list[dict[str, str]]:
    """Say of each coupon that was entered whether it counts."""
    return [{"code": c.code, "why": why(c.refusal) if c.refusal else ""} for c in coupons]


@never_cache
@require_safe
def summary(request: HttpRequest) -> HttpResponse:
    """Say in a few bytes what every page shows of the cart."""
    cart = visit(request).cart
    try:
        found = service.summary(cart) if cart else None
    except UnknownCart:
        found = None
    count = found.count if found else 0
    told = JsonResponse({"count": count, "held_until": found.held_until if found else None})
    return settled(request, told)


@require_POST
@from_our_pages
def add(request: HttpRequest) -> HttpResponse:
    """Put something in the cart; the first time makes one."""
    sku, quantity = chosen(request), units(request)
    if sku is None or quantity is None:
        text = gettext("Please choose how many, from 1 to %(most)d.") % {"most": MOST_UNITS}
        if sku is None:
            text = gettext("This choice is not on offer. Please choose again.")
        return refuse(request, text, 422)
    try:
        cart = visit(request).cart or begin(request)
        try:
            held = service.add(cart, sku=sku, quantity=quantity)
        except (UnknownCart, CartOrdered):
            cart = begin(request)
            held = service.add(cart, sku=sku, quantity=quantity)
    except NOT_YET as refusal:
        return keep(request, to_line(request, refusal.sku), cart)
    except (*NOT_KEPT, Refused) as refusal:
        return refuse(request, reason(refusal), 409)
    return keep(request, added(request, cart, held.line.id), cart)


def to_line(request: HttpRequest, sku: str) -> HttpResponse:
    """Lead whoever is too early for the goods of a sale to its line."""
    url = f"{reverse('line')}?{urlencode({'sku': sku})}"
    if not wants_json(request):
        return redirect(url)
    text = gettext("You will find your place in line there.")
    return JsonResponse({"message": text, "go": url}, status=409)


def added(request: HttpRequest, cart: UUID, item: UUID) -> HttpResponse:
    """Tell a script what happened, or lead to the cart."""
    if not wants_json(request):
        return redirect("cart")
    text = kept_aside(service.line(cart, item))
    link = {"url": reverse("cart"), "text": gettext("To the cart")}
    count = service.summary(cart).count
    return JsonResponse({"message": text, "count": count, "link": link})


def kept_aside(line: CartLine) -> str:
    """Say of a line that was just added for how long it is the shopper's, if it is."""
    if line.unheld:
        return gettext(
            "It is in your cart, but not kept aside for you: it can sell out before you order."
        )
    if minutes := minutes_left(line.held_until):
        words = ngettext(
            "It is yours for a minute.", "It is yours for %(minutes)d minutes.", minutes
        )
        return words % {"minutes": minutes}
    return gettext("It is in your cart.")


def minutes_left(until: datetime | None) -> int:
    """How many whole minutes a hold lasts from now."""
    if until is None:
        return 0
    return max(1, round((until - datetime.now(until.tzinfo)).total_seconds() / 60))


def chosen(request: HttpRequest) -> str | None:
    """Find the SKU that a form means: by itself, or by a product and the options ticked."""
    if sku := request.POST.get("sku"):
        return sku[:64]
    try:
        draft = catalog.product(slug=request.POST.get("product", "")).draft
    except UnknownProduct:
        return None
    ticked = {code: request.POST.get(f"option.{code}") for code in draft.options}
    return next((v.sku for v in draft.variants if {**v.options, **ticked} == v.options), None)


def units(request: HttpRequest) -> int | None:
    """Read a quantity; None if it makes no sense."""
    text = request.POST.get("quantity", "1").strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 4):
        return None
    return int(text) if 1 <= int(text) <= MOST_UNITS else None


def begin(request: HttpRequest) -> UUID:
    """Make a cart for this browser."""
    asked = request.COOKIES.get("currency")
    currency = asked if asked in settings.CURRENCIES else settings.CURRENCIES[0]
    locale = get_language() or "en"
    if who := visit(request).shopper:
        return service.begin(who, currency=currency, locale=locale)
    return service.create(currency=currency, locale=locale).id


@require_POST
@from_our_pages
def change(request: HttpRequest, item: str) -> HttpResponse:
    """Change how many of something the cart has; this also holds anew what has lapsed."""
    quantity = units(request)
    if quantity is None:
        text = gettext("Please choose how many, from 1 to %(most)d.") % {"most": MOST_UNITS}
        return refuse(request, text, 422)
    return edit(
        request, lambda cart: service.set_quantity(cart, ids.parse("item", item), quantity=quantity)
    )


@require_POST
@from_our_pages
def hold_again(request: HttpRequest) -> HttpResponse:
    """Hold again whatever has lapsed and is there, and say of which line there was less."""
    missing: tuple[Missing, ...] = ()

    def again(cart: UUID) -> None:
        nonlocal missing
        _, missing = service.hold_again(cart)

    answer = edit(request, again)
    return page(request, missing) if missing else answer


@require_POST
@from_our_pages
def extend(request: HttpRequest) -> HttpResponse:
    """Give the shopper more time, once, and go on where he was."""
    return edit(request, service.extend, then=back(request, reverse("cart")))


@require_POST
@from_our_pages
def remove(request: HttpRequest, item: str) -> HttpResponse:
    """Take something out of the cart, and go on where the shopper was."""
    return edit(
        request,
        lambda cart: service.remove(cart, ids.parse("item", item)),
        then=back(request, reverse("cart")),
    )


def edit(
    request: HttpRequest, change: Callable[[UUID], object], *, then: str = "cart"
) -> HttpResponse:
    """Change the browser's cart and show it; what is gone already is no reason to complain."""
    cart = visit(request).cart
    try:
        if cart:
            change(cart)
    except (UnknownCart, CartOrdered, ids.UnknownId):
        return redirect(then)
    except NOT_YET as refusal:
        return to_line(request, refusal.sku)
    except NOT_KEPT as refusal:
        return refuse(request, reason(refusal), 409)
    except TooMuch as refusal:
        return refuse(request, reason(refusal), 422)
    except TooOften as refusal:
        return refuse(request, reason(refusal), 429)
    except Refused:
        return redirect(then)
    return redirect(then)


@require_POST
@from_our_pages
def currency(request: HttpRequest) -> HttpResponse:
    """Remember the currency a shopper wants to see, and change the cart to it."""
    asked = request.POST.get("currency", "")
    response = redirect(back(request, reverse("home")))
    if asked not in settings.CURRENCIES:
        return response
    response.set_cookie("currency", asked, max_age=LIFETIME, samesite="Lax")
    contents = own(request)
    if contents and contents.order is None:
        edit(request, lambda cart: service.patch(cart, expected=None, fields={"currency": asked}))
    return response


def own(request: HttpRequest) -> Contents | None:
    """Return the browser's cart, if it has one."""
    cart = visit(request).cart
    try:
        return service.contents(cart) if cart else None
    except UnknownCart:
        return None


def keep(request: HttpRequest, response: HttpResponse, cart: UUID) -> HttpResponse:
    """Let the browser carry its cart; a customer's is found by who is signed in."""
    if visit(request).shopper is None:
        carry(response, NAME, cart)
    settled(request, response)
    response.set_cookie(HINT, "1", max_age=LIFETIME, samesite="Lax")
    return response


def refuse(request: HttpRequest, text: str, status: int) -> HttpResponse:
    """Say in plain words why not, to a script or on a page that leads back."""
    if wants_json(request):
        return JsonResponse({"message": text}, status=status)
    values = {"text": text, "back": back(request, reverse("cart"))}
    return render(request, "cart/refused.html", values, status=status)
