"""The way out of an alert, for whoever has the link in the mail."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from commerce.proof import proves

from .service import alerts


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
