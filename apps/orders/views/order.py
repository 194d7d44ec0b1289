"""An order's page: how far it is, its parcels and papers, and what can be asked for now."""

import secrets
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.customers.interface import customers
from commerce import ids
from commerce.proof import proves

from ..domain import Action, possible
from ..interface import (
    Delivery,
    Order,
    RefundState,
    ReturnState,
    Shipment,
    Status,
    UnknownOrder,
)
from ..service import document_path, download_path, invoices_of, order_path, rights_of, show

STATES: dict[ReturnState, Promise] = {
    ReturnState.REQUESTED: gettext_lazy("You have asked for it. We answer by e-mail."),
    ReturnState.APPROVED: gettext_lazy("Please send it. Write this number on the parcel."),
    ReturnState.REJECTED: gettext_lazy("We cannot take it back. Write to us if you wonder why."),
    ReturnState.RECEIVED: gettext_lazy("It has come. Your money is on its way soon."),
    ReturnState.REFUNDED: gettext_lazy("It has come, and we have given you the money back."),
}


@never_cache
@require_safe
def status(request: HttpRequest, order: str) -> HttpResponse:
    """Show an order to whoever has its link; scripts get just its status."""
    found = linked(request, order)
    final = found.status in (Status.PAID, Status.CANCELLED, Status.REFUSED)
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"status": found.standing, "final": final})
    return page(request, found)


def page(
    request: HttpRequest, found: Order, *, refused: str = "", status: int = 200
) -> HttpResponse:
    """Render an order's page, perhaps with what was wrong with a wish."""
    values = {
        "order": found,
        "status": found.standing,
        "settled": found.status not in (Status.PLACING, Status.ACCEPTED),
        "cancelled": found.status in (Status.CANCELLED, Status.REFUSED),
        "steps": [{"code": code, "done": done} for code, done in steps(found)],
        "parcels": [parcel(found, each) for each in found.shipments if each.shipped_at],
        "documents": [
            {"number": each.number, "url": document_path(found.id, each.number)}
            for each in invoices_of(found.id)
        ],
        "downloads": list(downloads(found)),
        "refunds": [each for each in found.refunds if each.state is not RefundState.REFUSED],
        "url": order_path(found.id),
        "country": country_name(found),
        "refused": refused,
    }
    return render(request, "orders/status.html", values | offers(found), status=status)


def downloads(order: Order) -> Iterator[dict[str, Any]]:
    """Link the files that were bought, how often each can be fetched yet, and until when."""
    if all(line.ships for line in order.lines):
        return
    for each in rights_of(order.id):
        url = download_path(each.id)
        yield {"name": each.name, "left": each.left, "until": each.expires_at, "url": url}


def steps(order: Order) -> Iterator[tuple[str, bool]]:
    """Tell how far an order is: what is paid later may be sent before."""
    yield "accepted", True
    yield "placed", order.status in (Status.PLACED, Status.PAID)
    yield "paid", order.status is Status.PAID
    if any(line.ships for line in order.lines):
        yield "shipped", order.delivery is not Delivery.OPEN
        yield "delivered", order.delivery in (Delivery.DELIVERED, Delivery.RETURNED)


def parcel(order: Order, shipment: Shipment) -> dict[str, Any]:
    """Show what is in a parcel that has left, and how to follow it."""
    names = {line.position: line.name for line in order.lines}
    return {
        "goods": [{"quantity": g.quantity, "name": names[g.position]} for g in shipment.goods],
        "carrier": shipment.carrier,
        "tracking": shipment.tracking,
        "link": shipment.link,
        "shipped_at": shipment.shipped_at,
        "delivered_at": shipment.delivered_at,
    }


def linked(request: HttpRequest, order: str) -> Order:
    """Return the order if the link proves that we gave it; else there is no such page."""
    try:
        name = ids.parse("ord", order)
        if proves("order", name, request.GET.get("key", "")):
            return show(order=name)
    except (ids.UnknownId, UnknownOrder):
        pass
    raise Http404


def country_name(order: Order) -> str:
    """Name the country of an order's address in the reader's language."""
    code = order.address.country if order.address else ""
    known = {one.code: one.name for one in customers.countries(locale=get_language() or "en")}
    return known.get(code, code)


def offers(order: Order) -> dict[str, Any]:
    """Say what a shopper can ask for now, and what became of what he asked for."""
    whole = possible(order.status, order.payment, order.delivery, on_hold=order.on_hold)
    packed = any(line.packed for line in order.lines)
    names = {line.position: line.name for line in order.lines}
    return {
        "may_cancel": Action.CANCEL in whole and not packed,
        "to_return": [line for line in order.lines if line.to_return],
        "returns": [
            {
                "number": each.number,
                "goods": [f"{g.quantity} × {names[g.position]}" for g in each.goods],
                "words": STATES[each.state],
            }
            for each in order.returns
        ],
        "cancel_url": order_path(order.id, "order-cancel"),
        "return_url": order_path(order.id, "order-return"),
        "once": secrets.token_urlsafe(16),
    }
