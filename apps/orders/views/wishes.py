"""What shoppers ask for on an order's page without any script: to cancel it, to send goods back."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from commerce.browser import from_our_pages

from .. import service
from ..domain import OtherWish
from ..domain.life import NotAllowed, Refusal, units
from ..interface import Order, OrderLine, Status
from ..service import order_path
from .order import linked, page

SHOPPER = "shopper"
WORDS: dict[Refusal, Promise] = {
    Refusal.SHIPPED: gettext_lazy("It has left already. Once it is there you can send it back."),
    Refusal.PACKED: gettext_lazy("It is packed and about to leave. Please write to us."),
    Refusal.MONEY_MOVES: gettext_lazy("Your payment is being taken this moment. Try again soon."),
    Refusal.OVER: gettext_lazy("This order is over already."),
    Refusal.TOO_MANY: gettext_lazy("You cannot send back as many of these."),
}
Deed = Callable[[Order, QueryDict], None]


class Unclear(Exception):
    """The form lacks something; its argument says what."""


@never_cache
@require_POST
@from_our_pages
def cancel(request: HttpRequest, order: str) -> HttpResponse:
    """Cancel an order of which nothing is packed; repeated, nothing happens."""
    return attempt(request, order, cancelled)


@never_cache
@require_POST
@from_our_pages
def send_back(request: HttpRequest, order: str) -> HttpResponse:
    """Ask to send goods back, once however often the form is sent."""
    return attempt(request, order, asked)


def attempt(request: HttpRequest, order: str, deed: Deed) -> HttpResponse:
    """Do what is asked for, or say on the page why not."""
    found = linked(request, order)
    try:
        deed(found, request.POST)
    except Unclear as problem:
        return refused(request, found, str(problem))
    except NotAllowed as refusal:
        words = WORDS.get(refusal.refusal, gettext("This is not possible any more."))
        return refused(request, found, str(words))
    except OtherWish:
        return refused(request, found, gettext("You have sent this form already."))
    return redirect(order_path(found.id))


def refused(request: HttpRequest, order: Order, words: str) -> HttpResponse:
    """Show the order's page as it is now, with what was wrong."""
    return page(request, service.show(order=order.id), refused=words, status=422)


def cancelled(order: Order, form: QueryDict) -> None:
    """Cancel an order."""
    if order.status is not Status.CANCELLED:
        why = form.get("why", "").strip()[:500] or gettext("No reason was given.")
        service.cancel(order=order.id, actor=SHOPPER, why=why)


def asked(order: Order, form: QueryDict) -> None:
    """Ask for a return of as many units of each line as the form says."""
    goods = units((line.position, wanted(form, line)) for line in order.lines)
    why, once = form.get("why", "").strip()[:500], form.get("once", "")[:64]
    if not goods:
        raise Unclear(gettext("Please say how many you would like to send back."))
    if not why:
        raise Unclear(gettext("Please tell us in a few words what is wrong."))
    service.request_return(order=order.id, goods=goods, actor=SHOPPER, why=why, key=f"page {once}")


def wanted(form: QueryDict, line: OrderLine) -> int:
    """Read how many units of a line."""
    text = form.get(f"line-{line.position}", "").strip() or "0"
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        raise Unclear(gettext("Please give whole numbers."))
    return int(text)
