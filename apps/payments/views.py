"""The page on which the test bank asks the shopper to confirm a payment."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from commerce import ids

from .domain import coming_back
from .interface import Status
from .models import Session
from .providers.bank import Bank


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bank(request: HttpRequest, payment: str) -> HttpResponse:
    """Ask yes or no, tell the bank, and lead back to where the shopper came from."""
    session = asked_about(payment)
    answer = Bank().find(session.payment)
    if answer is None or answer.status is not Status.ACTION_REQUIRED:
        return HttpResponseRedirect(way_back(request, session))
    if request.method == "POST":
        verdict = Bank().confirm if "confirm" in request.POST else Bank().decline
        verdict(session.payment)
        return HttpResponseRedirect(way_back(request, session))
    amount = session.amount.format(get_language() or "en")
    return render(request, "payments/bank.html", {"amount": amount})


def asked_about(payment: str) -> Session:
    """Return the session a bank page is about."""
    try:
        session = Session.objects.filter(pk=ids.parse("pay", payment)).first()
    except ids.UnknownId:
        session = None
    if session is None or not settings.TEST_PAYMENTS or session.method not in Bank.codes():
        raise Http404
    return session


def way_back(request: HttpRequest, session: Session) -> str:
    """Return the address the shopper goes back to, with the session in it; only ever our own."""
    if not is_ours(request, session.return_url):
        return "/"
    return coming_back(session.return_url, session.key)


def is_ours(request: HttpRequest, url: str) -> bool:
    """Tell whether an address leads to this very shop."""
    secure = request.is_secure()
    return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=secure)
