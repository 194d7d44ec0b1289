"""What a signed-in shopper has ordered."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from commerce import ids

from ..interface import Delivery, Order, Status
from ..service import mine, order_path
from .shoppers import shopper

A_PAGE = 20


@never_cache
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """List the orders of whoever is signed in, with what became of them."""
    who = shopper(request)
    if who is None:
        return redirect(f"{reverse('account-sign-in')}?{urlencode({'next': request.path})}")
    before = request.GET.get("before")
    try:
        start = ids.parse("ord", before) if before else None
    except ids.UnknownId:
        raise Http404 from None
    found = mine(customer=who.id, before=start, most=A_PAGE + 1)
    listed = [row(order) for order in found[:A_PAGE]]
    older = listed[-1]["id"] if len(found) > A_PAGE else None
    return render(request, "orders/account.html", {"who": who, "orders": listed, "older": older})


def row(order: Order) -> dict[str, object]:
    """Say of an order what its line in the list says."""
    return {
        "id": ids.public("ord", order.id),
        "number": order.number,
        "at": order.accepted_at,
        "total": order.grand,
        "status": words(order),
        "url": order_path(order.id),
    }


def words(order: Order) -> str:
    """Say in a word or two what became of an order."""
    match order.standing:
        case Status.ACCEPTED.value:
            return gettext("Received")
        case Status.PAID.value:
            return gettext("Paid")
        case Status.CANCELLED.value:
            return gettext("Cancelled")
        case Delivery.PART_SHIPPED.value | Delivery.SHIPPED.value:
            return gettext("On its way")
        case Delivery.DELIVERED.value:
            return gettext("Delivered")
        case Delivery.RETURNED.value:
            return gettext("Returned")
        case "refunded":
            return gettext("Refunded")
    return gettext("Confirmed")
