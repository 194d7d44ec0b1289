"""Signing in and out, and the way to a password: by a link that is sent to the mailbox."""

import math
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from commerce.browser import LIFETIME, carried, carry, drop, from_our_pages, onward

from ..interface import Shopper, signed_in
from ..service import addresses, letters, passwords, sessions

NAME = "session"  # of the cookie
HINT = "member"  # a cookie for scripts: prices may be this shopper's own
CARTS = ("cart", "shopping")  # cookies of the cart that the browser carried before
READ = ["GET", "HEAD", "POST"]


def shopper(request: HttpRequest) -> Shopper | None:
    """Return who is signed in on this browser."""
    return signed_in(carried(request, NAME))


@never_cache
@require_http_methods(READ)
@from_our_pages
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for address and password; who is signed in already goes on."""
    if request.method != "POST":
        if shopper(request):
            return redirect(onward(request, reverse("account")))
        return sign_in_page(request)
    email, password = request.POST.get("email", "")[:254], request.POST.get("password", "")
    try:
        customer = passwords.customer_of(email, password)
    except passwords.NotRecognised:
        text = gettext("The e-mail address and the password do not go together.")
        return sign_in_page(request, text, 422)
    except passwords.TooOften as refusal:
        return sign_in_page(request, later(refusal.wait), 429)
    return welcome(request, customer)


def sign_in_page(request: HttpRequest, refused: str = "", status: int = 200) -> HttpResponse:
    """Show the form, with what was typed but the password."""
    values = {
        "refused": refused,
        "email": request.POST.get("email", ""),
        "next": onward(request, ""),
    }
    return render(request, "customers/sign_in.html", values, status=status)


def welcome(request: HttpRequest, customer: UUID) -> HttpResponse:
    """Sign somebody in on this browser, in a session that begins now."""
    if former := carried(request, NAME):
        sessions.end(former)
    response = redirect(onward(request, reverse("account")))
    carry(response, NAME, sessions.begin(customer))
    for hint in (HINT, CARTS[1]):
        response.set_cookie(hint, "1", max_age=LIFETIME, samesite="Lax")
    return response


@never_cache
@require_POST
@from_our_pages
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; the cart stays the customer's, and leaves the browser."""
    if session := carried(request, NAME):
        sessions.end(session)
    response = redirect("home")
    drop(response, NAME)
    drop(response, CARTS[0])
    for hint in (HINT, CARTS[1]):
        response.delete_cookie(hint, samesite="Lax")
    return response


@never_cache
@require_http_methods(READ)
@from_our_pages
def register(request: HttpRequest) -> HttpResponse:
    """Ask for the address of a new account."""
    return ask(request, joining=True)


@never_cache
@require_http_methods(READ)
@from_our_pages
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for the address of an account whose password is forgotten."""
    return ask(request, joining=False)


def ask(request: HttpRequest, *, joining: bool) -> HttpResponse:
    """Ask for an address, and say the same whoever it belongs to."""
    email = request.POST.get("email", "")[:255]
    values: dict[str, Any] = {"joining": joining, "email": email.strip()}
    if request.method != "POST":
        return render(request, "customers/ask.html", values)
    locale = get_language() or "en"
    if wrong := addresses.check_email(email, locale):
        return render(
            request, "customers/ask.html", values | {"complaint": wrong[0].text}, status=422
        )
    try:
        letters.ask(email=email, locale=locale, joining=joining)
    except passwords.TooOften as refusal:
        return render(
            request, "customers/ask.html", values | {"complaint": later(refusal.wait)}, status=429
        )
    return render(request, "customers/sent.html", values)


@never_cache
@require_http_methods(READ)
@from_our_pages
def letter(request: HttpRequest, ticket: str) -> HttpResponse:
    """Let whoever has the mail choose a password; opening the link alone changes nothing."""
    try:
        found = letters.opened(ticket)
        values: dict[str, Any] = {"email": found.email, "new": letters.is_new(found)}
        if request.method != "POST":
            return render(request, "customers/letter.html", values)
        name = request.POST.get("name", "")[:200]
        password = request.POST.get("password", "")
        return welcome(request, letters.answer(ticket, password=password, name=name))
    except passwords.TooWeak as refusal:
        told = values | {"weak": " ".join(refusal.reasons), "name": name}
        return render(request, "customers/letter.html", told, status=422)
    except letters.LetterGone:
        return render(request, "customers/gone.html", status=410)


def later(seconds: int) -> str:
    """Say when it is worth another try."""
    minutes = math.ceil(seconds / 60)
    words = ngettext(
        "That was a lot of tries. Please try again in %(minutes)d minute.",
        "That was a lot of tries. Please try again in %(minutes)d minutes.",
        minutes,
    )
    return words % {"minutes": minutes}
