"""The way into an alert, from the page of what is sold out, and the way out, from the mail."""

from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.catalog.interface import Item
from commerce.browser import from_our_pages, wants_json
from commerce.proof import proves
from commerce.rest import throttles
from commerce.rest.credentials import address

from .service import alerts


class Wish(forms.Form):
    """Where to write to."""

    email = forms.EmailField(max_length=254)


@never_cache
@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """Ask where to write when a SKU is back."""
    return told(request, {"item": wanted(request.GET), "form": Wish()}, "", 200)


@require_POST
@from_our_pages
@never_cache
def wait(request: HttpRequest) -> HttpResponse:
    """Remember whom to write to when a SKU is back."""
    item, form = wanted(request.POST), Wish(request.POST)
    again = {"item": item, "form": form}
    if not form.is_valid():
        return told(request, again, str(form.errors["email"][0]), 422)
    if throttles.wait(f"alert:{address(request)}", alerts.MOST_AN_HOUR, alerts.AN_HOUR):
        text = gettext("That was a lot at once. Please wait a moment and try again.")
        return told(request, again, text, 429)
    locale = get_language() or "en"
    alerts.subscribe(email=form.cleaned_data["email"], sku=item.sku, locale=locale)
    return told(
        request, {"item": item}, gettext("We will write to you once, when it is back."), 200
    )


def wanted(sent: QueryDict) -> Item:
    """Find what somebody wants to wait for."""
    item = alerts.sold(sent.get("sku", "")[:255])
    if item is None:
        raise Http404
    return item


def told(
    request: HttpRequest, values: dict[str, object], message: str, status: int
) -> HttpResponse:
    """Answer a script or a person."""
    if wants_json(request):
        return JsonResponse({"message": message}, status=status)
    return render(request, "stock/ask.html", values | {"message": message}, status=status)


@csrf_exempt  # mail programs unsubscribe by a POST of their own (RFC 8058); the token is the right
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def alert(request: HttpRequest, alert: UUID, token: str) -> HttpResponse:
    """Ask whether to forget the alert, and forget it; opening the link alone changes nothing."""
    if request.method == "POST":
        if not alerts.unsubscribe(alert, token):
            raise Http404
        return render(request, "stock/alert.html", {"sku": None})
    if not proves("alert", alert, token):
        raise Http404
    return render(request, "stock/alert.html", {"sku": alerts.waits_for(alert, token)})
