"""Who is signed in on a browser, and which cart is his."""

from uuid import UUID

from django.http import HttpRequest

from apps.cart.interface import UnknownCart, cart
from apps.customers.interface import Shopper, signed_in
from commerce.browser import carried


def shopper(request: HttpRequest) -> Shopper | None:
    """Return who is signed in."""
    return signed_in(carried(request, "session"))


def cart_of(request: HttpRequest, who: Shopper | None) -> UUID | None:
    """Return the browser's cart, which is the customer's one for whoever is signed in."""
    guest = carried(request, "cart")
    if who is None:
        return guest
    try:
        return cart.live(shopper=who, guest=guest)
    except UnknownCart:
        return None
