"""What signed-in shoppers keep here: their name and language, and where parcels go."""

import functools
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from commerce import ids
from commerce.browser import from_our_pages

from ..interface import Address, Shopper
from ..models import Place
from ..service import addresses, book, letters, passwords
from . import READ, later, shopper

FIELDS = ("name", "line1", "line2", "postal_code", "city", "region", "phone", "country")
LONGEST = 200  # characters of a field
Page = Callable[..., HttpResponse]


def for_members(view: Page) -> Page:
    """Lead whoever is not signed in through the sign-in page."""

    @functools.wraps(view)
    def checked(request: HttpRequest, **path: Any) -> HttpResponse:
        found = shopper(request)
        if found is None:
            query = urlencode({"next": request.path})
            return redirect(f"{reverse('account-sign-in')}?{query}")
        return view(request, found, **path)

    return never_cache(from_our_pages(checked))


@require_http_methods(READ)
@for_members
def details(request: HttpRequest, who: Shopper) -> HttpResponse:
    """Show name and language, and change them."""
    values: dict[str, Any] = {"who": who, "languages": settings.LANGUAGES}
    if request.method != "POST":
        return render(request, "customers/details.html", values)
    locale = addresses.spoken(request.POST.get("locale", ""))
    name = request.POST.get("name", "")
    book.change_profile(who.id, {"name": name, "locale": locale})
    return redirect("account-details")


@require_POST
@for_members
def new_password(request: HttpRequest, who: Shopper) -> HttpResponse:
    """Send the link by which a new password is chosen."""
    try:
        letters.ask(email=who.email, locale=get_language() or "en", joining=False)
    except passwords.TooOften as refusal:
        values = {"who": who, "languages": settings.LANGUAGES, "refused": later(refusal.wait)}
        return render(request, "customers/details.html", values, status=429)
    return render(request, "customers/sent.html", {"email": who.email, "joining": False})


@require_http_methods(READ)
@for_members
def places(request: HttpRequest, who: Shopper) -> HttpResponse:
    """List the addresses, and write a new one down."""
    if request.method != "POST":
        return listed(request, who)
    typed = read(request)
    if wrong := addresses.check_address(typed, get_language() or "en"):
        return listed(request, who, typed, wrong={each.field: each.text for each in wrong})
    try:
        book.add_place(who.id, typed, preferred="preferred" in request.POST)
    except book.TooMany:
        text = gettext("You have as many addresses as we can keep. Please remove one first.")
        return listed(request, who, typed, wrong={"name": text})
    return redirect("account-places")


@require_http_methods(READ)
@for_members
def place(request: HttpRequest, who: Shopper, place: str) -> HttpResponse:
    """Show an address in a form, and write it anew."""
    found = own(who, place)
    if request.method != "POST":
        return form(request, found, Address(**{name: getattr(found, name) for name in FIELDS}))
    typed = read(request)
    if wrong := addresses.check_address(typed, get_language() or "en"):
        return form(request, found, typed, wrong={each.field: each.text for each in wrong})
    book.change_place(who.id, found.pk, typed, preferred="preferred" in request.POST)
    return redirect("account-places")


@require_POST
@for_members
def remove_place(request: HttpRequest, who: Shopper, place: str) -> HttpResponse:
    """Strike an address out; one that is gone already is no reason to complain."""
    with suppress(book.UnknownPlace):
        book.remove_place(who.id, named(place))
    return redirect("account-places")


def own(who: Shopper, text: str) -> Place:
    """Return one of the shopper's addresses; there is no page for anybody else's."""
    try:
        return book.place(who.id, named(text))
    except book.UnknownPlace:
        raise Http404 from None


def named(text: str) -> UUID:
    """Read the id of an address."""
    try:
        return ids.parse("adr", text)
    except ids.UnknownId:
        raise Http404 from None


def read(request: HttpRequest) -> Address:
    """Read an address as it was typed."""
    return Address(**{name: request.POST.get(name, "").strip()[:LONGEST] for name in FIELDS})


def listed(
    request: HttpRequest,
    who: Shopper,
    typed: Address | None = None,
    wrong: dict[str, str] | None = None,
) -> HttpResponse:
    """Show all addresses, and the form for another one."""
    kept = [
        {"id": ids.public("adr", each.pk), "address": each, "country": country_name(each.country)}
        for each in book.places(who.id)
    ]
    address = typed or Address(who.name, "", "", settings.HOME_COUNTRY)
    values = {"who": who, "places": kept, **form_values(address, wrong)}
    return render(request, "customers/places.html", values, status=422 if wrong else 200)


def form(
    request: HttpRequest, place: Place, address: Address, wrong: dict[str, str] | None = None
) -> HttpResponse:
    """Show one address in a form."""
    values = {
        "place": ids.public("adr", place.pk),
        "preferred": place.preferred,
        **form_values(address, wrong),
    }
    return render(request, "customers/place.html", values, status=422 if wrong else 200)


def form_values(address: Address, wrong: dict[str, str] | None) -> dict[str, Any]:
    """Return what the form of an address needs."""
    countries = addresses.countries(get_language() or "en")
    return {"address": address, "wrong": wrong or {}, "countries": countries}


def country_name(code: str) -> str:
    """Name a country in the reader's language."""
    known = {one.code: one.name for one in addresses.countries(get_language() or "en")}
    return known.get(code, code)
