"""Guests find their order by its number and the e-mail address they gave; guessing is limited."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from commerce import origin
from commerce.browser import from_our_pages
from commerce.rest import throttles

from ..service import find, order_path

HOUR = 3600  # seconds
OF_A_HOUSE = 20  # tries an hour from one block of addresses
OF_AN_ORDER = 5  # tries an hour for one number, from wherever


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@from_our_pages
def track(request: HttpRequest) -> HttpResponse:
    """Ask for a number and an address, and lead to the order's page if they go together."""
    number = request.POST.get("number", "").strip()[:24]
    email = request.POST.get("email", "").strip()[:254]
    refused, status = "", 200
    if request.method == "POST":
        found, refused, status = looked_up(number, email)
        if found:
            return redirect(order_path(found))
    values = {"number": number, "email": email, "refused": refused}
    return render(request, "orders/track.html", values, status=status)


def looked_up(number: str, email: str) -> tuple[UUID | None, str, int]:
    """Find an order, or say the same of all that is not found."""
    most = OF_A_HOUSE * throttles.times(origin.current.get())
    if throttles.wait(f"track-of:{origin.house()}", most, HOUR) or throttles.wait(
        f"track:{number.upper()}", OF_AN_ORDER, HOUR
    ):
        return None, gettext("That was a lot of tries. Please try again in an hour."), 429
    if found := find(number=number, email=email):
        return found, "", 200
    return None, gettext("We know no order with this number and this e-mail address."), 422
