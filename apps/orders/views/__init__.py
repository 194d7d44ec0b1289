"""The checkout page, which does everything in one calm step."""

from collections.abc import Iterable
from dataclasses import replace

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.cart.interface import Contents, UnknownCart, cart
from apps.customers.interface import Address, Shopper, UnknownCustomer, customers
from apps.payments.interface import Session, UnknownMethod, UnknownSession, payments
from apps.payments.interface import Status as Paid
from apps.pricing.interface import (
    CartDraft,
    LineDraft,
    NoPrice,
    NoShipping,
    Quote,
    ShippingOption,
    pricing,
)
from apps.stock.interface import stock
from commerce import ids
from commerce.browser import drop, from_our_pages
from commerce.money import Money

from ..domain import AlreadyOrdered, InProgress, NotPossible, OtherWish, Reason, TooBusy, Wish
from ..service import order_path, place, precheck
from .shoppers import cart_of, shopper

FIELDS = ("name", "line1", "line2", "postal_code", "city", "region", "phone", "country")
LONGEST = 200  # characters of a field


@never_cache
@from_our_pages
def checkout(request: HttpRequest) -> HttpResponse:
    """Show the whole checkout; a form sent here is noted, and bought unless it only refreshes."""
    contents = own_cart(request)
    if contents is None or not contents.lines:
        return redirect("cart")
    if request.method != "POST":
        return page(request, contents)
    contents = noted(request, contents)
    if "refresh" in request.POST:
        return page(request, contents)
    return buy(request, contents)


def own_cart(request: HttpRequest) -> Contents | None:
    """Return the browser's cart, if it has one that can still be ordered."""
    name = cart_of(request, shopper(request))
    try:
        contents = cart.contents(cart=name) if name else None
    except (UnknownCart, NoPrice):
        return None
    return contents if contents and contents.order is None else None


def noted(request: HttpRequest, contents: Contents) -> Contents:
    """Write down what was typed, right or wrong, so that nothing has to be typed twice."""
    typed = {name: request.POST.get(name, "").strip()[:LONGEST] for name in FIELDS}
    return cart.note(
        cart=contents.id,
        email=request.POST.get("email", "").strip()[:LONGEST],
        address=Address(**typed) if contents.ships else None,
        shipping=request.POST.get("shipping") or first_option(contents, typed["country"]),
    )


def first_option(contents: Contents, country: str) -> str | None:
    """Choose the cheapest way of sending for somebody who has not chosen yet."""
    return next((option.code for option in ways(contents, country)), None)


def buy(request: HttpRequest, contents: Contents) -> HttpResponse:
    """Check everything, secure the payment, and place the order."""
    wish = Wish(
        cart=contents.id,
        cart_version=contents.version,
        expected_total=seen(request, contents),
    )
    reasons = precheck(wish=wish).reasons
    if reasons:
        return page(request, contents, reasons)
    stock.extend(cart=contents.id)
    session = secured(request, contents)
    if isinstance(session, Reason):
        return page(request, contents, (session,))
    if session.action_url:
        return HttpResponseRedirect(session.action_url)
    return finish(request, contents, session)


def seen(request: HttpRequest, contents: Contents) -> Money:
    """The total that the shopper saw on the button."""
    minor = request.POST.get("total", "")
    return Money(int(minor) if minor.isdecimal() and len(minor) < 12 else -1, contents.currency)


def secured(request: HttpRequest, contents: Contents) -> Session | Reason:
    """Ask for the payment in the way the shopper chose, or say what is wrong with it."""
    back = request.build_absolute_uri(reverse("checkout-return"))
    try:
        session = payments.start(
            cart=contents.id, method=request.POST.get("payment", ""), return_url=back
        )
    except UnknownMethod:
        return Reason("payment-missing", gettext("Please choose how to pay."), "payment_session")
    if session.status is Paid.REFUSED:
        text = session.reason or gettext("Your payment was refused. Please try another way to pay.")
        return Reason("payment-refused", text, "payment_session")
    return session


def finish(request: HttpRequest, contents: Contents, session: Session) -> HttpResponse:
    """Place the order and lead to its page; a reason against it leads back to the checkout."""
    wish = Wish(
        cart=contents.id,
        cart_version=contents.version,
        expected_total=seen(request, contents),
        payment_session=session.id,
    )
    key = f"{ids.public('pay', session.id)}-{contents.version}-{wish.expected_total.minor}"
    try:
        order = place(wish=wish, caller=f"browser:{contents.id}", key=key).order
    except AlreadyOrdered as known:
        order = known.order
    except NotPossible as refusal:
        return page(request, contents, refusal.reasons)
    except (InProgress, OtherWish, TooBusy):
        text = gettext("We are very busy. Nothing was charged: please press the button once more.")
        return page(request, contents, (Reason("busy", text, ""),), status=503)
    response = redirect(order_path(order))
    drop(response, "cart")
    return response


@never_cache
@require_safe
def returned(request: HttpRequest) -> HttpResponse:
    """Greet the shopper who comes back from the bank; buying still takes a button."""
    contents, session = own_cart(request), returned_session(request.GET.get("session", ""))
    if contents is None or session is None or session.cart != contents.id:
        return redirect("cart")
    if session.status is Paid.REFUSED:
        text = session.reason or gettext("Your payment was refused. Please try another way to pay.")
        return page(request, contents, (Reason("payment-refused", text, "payment_session"),))
    values = {"session": ids.public("pay", session.id), "contents": contents, **answers(session)}
    return render(request, "orders/returned.html", values)


def answers(session: Session) -> dict[str, bool]:
    """What the bank has said so far."""
    return {
        "confirmed": session.status is Paid.AUTHORISED,
        "waiting": session.status is Paid.PENDING,
        "unfinished": session.status is Paid.ACTION_REQUIRED,
    }


@never_cache
@require_POST
@from_our_pages
def complete(request: HttpRequest) -> HttpResponse:
    """Place the order with a payment that the bank has confirmed."""
    contents, session = own_cart(request), returned_session(request.POST.get("session", ""))
    if contents is None or session is None or session.cart != contents.id:
        return redirect("cart")
    return finish(request, contents, session)


def returned_session(text: str) -> Session | None:
    """Find the payment session that an address names."""
    try:
        return payments.session(session=ids.parse("pay", text))
    except (ids.UnknownId, UnknownSession):
        return None


def page(
    request: HttpRequest,
    contents: Contents,
    reasons: Iterable[Reason] = (),
    *,
    status: int | None = None,
) -> HttpResponse:
    """Render the checkout with what is wrong beside its field."""
    told = tuple(reasons)
    locale = get_language() or "en"
    places = customers.countries(locale=locale)
    who = shopper(request)
    contents = known(contents, who)
    address = contents.address or Address("", "", "", settings.HOME_COUNTRY)
    country = next((one for one in places if one.code == address.country), places[0])
    options = ways(contents, country.code)
    quote = likely(contents, country.code, options)
    by_field = {reason.where.removeprefix("shipping_address."): reason.text for reason in told}
    values = {
        "contents": contents,
        "member": who is not None,
        "address": address,
        "countries": places,
        "with_region": "region" in country.required,
        "options": options,
        "quote": quote,
        "methods": payments.methods(cart=contents.id, due=quote.due),
        "chosen_method": request.POST.get("payment", ""),
        "wrong": by_field,
        "general": [reason.text for reason in told if general(reason)],
    }
    return render(request, "orders/checkout.html", values, status=status or (422 if told else 200))


def known(contents: Contents, who: Shopper | None) -> Contents:
    """Fill in what a customer has told before, where nothing else was typed."""
    if who is None:
        return contents
    email, address = contents.email or who.email, contents.address or who.address
    return replace(contents, email=email, address=address)


def likely(contents: Contents, country: str, options: tuple[ShippingOption, ...]) -> Quote:
    """What the cart will cost if the way of sending that is offered first is taken."""
    if contents.shipping or not options:
        return contents.quote
    return pricing.quote(cart=replace(draft(contents, country), shipping=options[0].code))


def general(reason: Reason) -> bool:
    """Whether a reason has no field of its own on the page."""
    own = ("email", "shipping_address.", "shipping", "payment_session")
    return not reason.where.startswith(own)


def ways(contents: Contents, country: str) -> tuple[ShippingOption, ...]:
    """How the cart can be sent to a country."""
    try:
        wanted = draft(contents, country)
        return pricing.shipping_options(cart=wanted) if contents.ships else ()
    except (NoPrice, NoShipping):
        return ()


def draft(contents: Contents, country: str) -> CartDraft:
    """Say what has to be priced, for one country."""
    lines = tuple(LineDraft(line.sku, line.quantity) for line in contents.lines)
    return CartDraft(
        contents.currency,
        lines,
        country or None,
        coupons=contents.coupons,
        gift_cards=contents.gift_cards,
        customer=contents.customer,
        groups=groups(contents),
    )


def groups(contents: Contents) -> tuple[str, ...]:
    """Name the groups of the customer whose cart it is."""
    try:
        customer = contents.customer
        return customers.shopper(customer=customer).groups if customer else ()
    except UnknownCustomer:
        return ()
