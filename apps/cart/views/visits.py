"""Whose cart a browser shows: the one it carries, or the one of whoever has signed in on it."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from apps.customers.interface import Shopper, signed_in
from commerce.browser import carried, drop

from .. import service

NAME = "cart"  # of the cookie


@dataclass(frozen=True)
class Visit:
    """Who came, with which cart, and whether the one that the browser carries is empty by now."""

    shopper: Shopper | None
    cart: UUID | None
    brought: bool


def visit(request: HttpRequest) -> Visit:
    """Find out once a request; a guest costs no question."""
    known: Visit | None = getattr(request, "visit", None)
    if known is None:
        known = request.visit = found(request)  # type: ignore[attr-defined]
    return known


def found(request: HttpRequest) -> Visit:
    """Find a customer's cart, which takes over what the browser carried before."""
    guest, who = carried(request, NAME), signed_in(carried(request, "session"))
    if who is None:
        return Visit(None, guest, brought=False)
    live = service.live(who, guest)
    return Visit(who, live.cart, live.brought and guest is not None)


def settled(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let the browser forget a cart whose lines are the customer's by now."""
    if visit(request).brought:
        drop(response, NAME)
    return response
