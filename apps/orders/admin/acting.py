"""What merchants do with orders: each deed a POST with a reason or what else it takes."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from apps.payments.interface import PaymentRefused, UnknownSession
from commerce.money import Money
from commerce.services import ServiceUnavailable

from .. import service
from ..domain import Action, OtherWish
from ..domain.life import LINK, NotAllowed, Refusal, Tracking, UnknownShipment, units
from .page import place_of

NOTHING: dict[str, Any] = {"forms": []}
TOO_LATE = (service.NotCancellable, service.NotAwaited, PaymentRefused, UnknownSession, OtherWish)
WORDS: dict[Refusal, Promise] = {
    Refusal.ON_HOLD: _("The order is on hold. Let it go on first."),
    Refusal.NOT_READY: _("The money of this order is neither there nor promised."),
    Refusal.OVER: _("The order is over, or all of it has been sent."),
    Refusal.TOO_MANY: _("There are not as many units left."),
    Refusal.GOODS_MISSING: _("Not all of these goods are in the house yet. Receive them first."),
    Refusal.SHIPMENT_GONE: _("The parcel has left already, or was unpacked."),
    Refusal.PACKED: _("A parcel is packed. Unpack it first."),
    Refusal.SHIPPED: _("What has left cannot be cancelled; it can be returned."),
    Refusal.MONEY_MOVES: _("The payment provider is being asked this moment. Please try again."),
    Refusal.NOTHING_LEFT: _("Nothing would be left. Cancel the whole order instead."),
    Refusal.NOTHING_CHANGES: _("That would change nothing."),
    Refusal.OTHER_COUNTRY: _("The address lies in another country."),
    Refusal.CHANGED: _("The order has changed meanwhile."),
    Refusal.TOO_MUCH: _("There is not as much to give back."),
    Refusal.RETURN_GONE: _("The return stands elsewhere by now."),
}
Deed = Callable[..., None]


class Unclear(Exception):
    """The form lacks something; its argument says what."""


def urls(site: admin.ModelAdmin[Any]) -> list[URLPattern]:
    """Give every deed a place below the list of orders."""
    verbs: dict[str, Deed] = {place_of(action): whole(verb) for action, verb in VERBS.items()}
    verbs |= {
        "orders_order_pack": pack,
        "orders_order_withdraw": withdraw,
        "orders_order_refund": refund,
        "orders_order_ask_return": ask_return,
    }
    returns = "<uuid:order>/returns/<uuid:parcel>/<slug:verb>/"
    parcels = "<uuid:order>/parcels/<uuid:shipment>/<slug:verb>/"
    return [
        *(
            path(
                f"<uuid:order>/{name.removeprefix('orders_order_').replace('_', '-')}/",
                view,
                name=name,
            )
            for name, view in ((name, view_of(site, deed)) for name, deed in verbs.items())
        ),
        path(parcels, view_of(site, parcel), name="orders_order_parcel"),
        path(returns, view_of(site, coming_back), name="orders_order_return"),
    ]


def view_of(site: admin.ModelAdmin[Any], deed: Deed) -> Callable[..., HttpResponse]:
    """Do a deed as a view of the admin, and go back to the order's page."""

    def view(request: HttpRequest, order: UUID, **place: Any) -> HttpResponse:
        if not site.has_change_permission(request):
            raise PermissionDenied
        actor = f"staff:{request.user.get_username()}"
        attempt(request, lambda: deed(request.POST, order=order, actor=actor, **place))
        return HttpResponseRedirect(reverse("admin:orders_order_change", args=[order]))

    guarded: Callable[..., HttpResponse] = require_POST(site.admin_site.admin_view(view))
    return guarded


def attempt(request: HttpRequest, deed: Callable[[], None]) -> None:
    """Do it, and say how it went."""
    try:
        deed()
    except Unclear as problem:
        messages.error(request, str(problem))
    except NotAllowed as refusal:
        messages.error(request, str(WORDS[refusal.refusal]))
    except TOO_LATE:
        messages.error(request, _("This cannot be done any more. Look at what has happened."))
    except UnknownShipment:
        raise Http404 from None
    except ServiceUnavailable:
        messages.error(request, _("A part of the shop does not answer. Please try it again."))
    else:
        messages.success(request, _("Done. It is in the order's story."))


def whole(verb: Callable[..., None]) -> Deed:
    """Do something with an order as a whole, for a reason."""

    def deed(form: QueryDict, *, order: UUID, actor: str) -> None:
        verb(order=order, actor=actor, why=reason(form))

    return deed


def goods_of(form: QueryDict) -> dict[int, int]:
    """Read so many units of each line."""
    asked = ((int(name[5:]), number(form.get(name, ""))) for name in form if LINE.fullmatch(name))
    if goods := units(asked):
        return goods
    raise Unclear(_("Please say how many."))


def key_of(form: QueryDict, actor: str) -> str:
    """Tell this form from all others, however often it is sent."""
    return f"{actor} {form.get('key', '')}"


def withdraw(form: QueryDict, *, order: UUID, actor: str) -> None:
    """Cancel some units that were not sent."""
    why, goods = reason(form), goods_of(form)
    service.withdraw(order=order, goods=goods, actor=actor, why=why, key=key_of(form, actor))


def refund(form: QueryDict, *, order: UUID, actor: str) -> None:
    """Give an amount back."""
    currency = service.show(order=order).currency
    text = form.get("amount", "").strip().replace(",", ".")
    if not AMOUNT.fullmatch(text):
        raise Unclear(_("Please give an amount."))
    amount = Money.of(text, currency)
    why, key = reason(form), key_of(form, actor)
    service.refund(order=order, minor=amount.minor, actor=actor, why=why, key=key)


def ask_return(form: QueryDict, *, order: UUID, actor: str) -> None:
    """Announce what a customer sends back."""
    why, goods = reason(form), goods_of(form)
    service.request_return(order=order, goods=goods, actor=actor, why=why, key=key_of(form, actor))


def coming_back(form: QueryDict, *, order: UUID, actor: str, parcel: UUID, verb: str) -> None:
    """Approve or refuse a return, take it in, give its money back."""
    match verb:
        case "approve":
            service.approve(order=order, parcel=parcel, actor=actor)
        case "reject":
            service.reject(order=order, parcel=parcel, actor=actor, why=reason(form))
        case "receive":
            goods, shelf = goods_of(form), "damaged" not in form
            service.receive(order=order, parcel=parcel, goods=goods, to_shelf=shelf, actor=actor)
        case "refund":
            why = reason(form)
            service.refund_return(order=order, parcel=parcel, minor=None, actor=actor, why=why)
        case _other:
            raise Http404


def pack(form: QueryDict, *, order: UUID, actor: str) -> None:
    """Pack as many units of each line as the form says."""
    service.pack(order=order, goods=goods_of(form), actor=actor, key=key_of(form, actor))


def parcel(form: QueryDict, *, order: UUID, actor: str, shipment: UUID, verb: str) -> None:
    """Send a parcel, note that it has arrived, or unpack it."""
    match verb:
        case "ship":
            way = tracking(form)
            service.ship(order=order, shipment=shipment, tracking=way, actor=actor)
        case "deliver":
            service.deliver(order=order, shipment=shipment, actor=actor)
        case "unpack":
            why = reason(form)
            service.unpack(order=order, shipment=shipment, actor=actor, why=why)
        case _other:
            raise Http404


def reason(form: QueryDict) -> str:
    """Read why something is done."""
    if why := form.get("why", "").strip()[:500]:
        return why
    raise Unclear(_("Please give a reason; it stays in the order's story."))


def number(text: str) -> int:
    """Read how many."""
    if text.isascii() and text.isdecimal() and len(text) < 8:
        return int(text)
    if not text:
        return 0
    raise Unclear(_("Please give whole numbers."))


def tracking(form: QueryDict) -> Tracking:
    """Read how a parcel travels."""
    link = form.get("link", "").strip()
    if link and not re.fullmatch(LINK, link):
        raise Unclear(_("The tracking link must begin with https:// or http://."))
    carrier, numbered = form.get("carrier", "").strip(), form.get("tracking", "").strip()
    return Tracking(carrier[:64], numbered[:128], link)


AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,3})?")
LINE = re.compile(r"line-[0-9]{1,5}")
VERBS: dict[Action, Callable[..., None]] = {
    Action.CANCEL: service.cancel,
    Action.MARK_PAID: service.mark_paid,
    Action.HOLD: service.hold,
    Action.RELEASE: service.release_hold,
}
