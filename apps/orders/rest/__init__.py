"""Checks a cart before it is ordered, accepts orders, and shows how they stand."""

from uuid import UUID

from django.urls import path, reverse

from apps.cart.interface import UnknownCart
from commerce import ids
from commerce.rest.endpoint import ApiRequest, Reply, endpoint, resource
from commerce.rest.pagination import PageQuery, page, position
from commerce.rest.problems import Problem

from .. import service
from ..domain import AlreadyOrdered, InProgress, NotPossible, OtherWish, TooBusy, Wish
from . import bodies, changes, downloads, invoices, papers, problems, returns, shipments
from .acting import holds, own_order
from .bodies import Accepted, OrderBody, OrderList, Story, Verdict, Watch, WishBody

REASONS = (*problems.CONFLICTS, *problems.OMISSIONS, "order-not-possible")
REFUSALS = (*REASONS, *problems.COUPONS, "checkout-busy")


@endpoint(
    "POST",
    credentials=("cu", "ct", "sk"),
    scopes=("orders:write",),
    body=WishBody,
    light=True,
    answers={200: Verdict},
    problems=REASONS,
)
def precheck(request: ApiRequest, *, body: WishBody) -> Reply:
    """Say everything that keeps a cart from being ordered, without ordering it."""
    findings = checked(own_wish(request, body))
    if findings.reasons:
        raise problems.not_possible(NotPossible(findings.reasons))
    return Reply(200, Verdict(ok=True))


@endpoint(
    "POST",
    credentials=("cu", "ct", "sk"),
    scopes=("orders:write",),
    body=WishBody,
    idempotency="natural",
    light=True,
    answers={202: Accepted},
    problems=REFUSALS,
)
def place(request: ApiRequest, *, body: WishBody) -> Reply:
    """Accept an order. Its number is final at once; workers confirm it within moments."""
    wish, key = own_wish(request, body), request.headers["Idempotency-Key"]
    try:
        receipt = service.place(wish=wish, caller=request.caller.owner, key=key)
    except UnknownCart:
        raise Problem("not-found") from None
    except NotPossible as refusal:
        raise problems.not_possible(refusal) from None
    except AlreadyOrdered as refusal:
        raise problems.already_ordered(refusal) from None
    except OtherWish:
        raise Problem("idempotency-mismatch") from None
    except InProgress:
        raise problems.in_progress() from None
    except TooBusy:
        raise problems.busy() from None
    order = ids.public("ord", receipt.order)
    headers = {"Location": reverse("orders-order", args=[order]), "Retry-After": "1"}
    if receipt.replayed:
        headers["Idempotency-Replayed"] = "true"
    return Reply(202, Accepted(order, receipt.number, "accepted"), headers)


@endpoint(
    "GET",
    credentials=("cu", "ct", "sk"),
    scopes=("orders:read",),
    query=Watch,
    answers={200: OrderBody},
)
def show(request: ApiRequest, order: str, *, query: Watch) -> Reply:
    """Show an order; with `wait`, as soon as the workers have confirmed it or the time is over."""
    found = own_order(request, order)
    if query.wait:
        service.wait_until_settled(order=found.id, seconds=query.wait)
        found = service.show(order=found.id)
    return Reply(200, bodies.order_body(found), version=found.version)


@endpoint("GET", credentials=("cu",), query=PageQuery, answers={200: OrderList})
def listed(request: ApiRequest, *, query: PageQuery) -> Reply:
    """List the customer's orders, the latest first."""
    assert request.caller.customer is not None
    found = service.mine(
        customer=request.caller.customer, before=position(query, UUID), most=query.limit + 1
    )
    return page(request, query, found, place=lambda order: order.id, show=bodies.order_body)


@endpoint("GET", credentials=("cu", "ct", "sk"), scopes=("orders:read",), answers={200: Story})
def events(request: ApiRequest, order: str) -> Reply:
    """Tell an order's story: when, who, what, and why."""
    return Reply(200, bodies.story(own_order(request, order).history))


def own_wish(request: ApiRequest, body: WishBody) -> Wish:
    """Read a wish about a cart that the caller may order."""
    wish = bodies.wish_of(body)
    if not holds(request, wish.cart):
        raise Problem("not-found")
    return wish


def checked(wish: Wish) -> service.Findings:
    """Check a wish; a cart that is gone is not found."""
    try:
        return service.precheck(wish=wish)
    except UnknownCart:
        raise Problem("not-found") from None


urlpatterns = [
    path("prechecks", precheck, name="orders-prechecks"),
    path("orders", resource(place, listed), name="orders-orders"),
    path("orders/<str:order>", show, name="orders-order"),
    path("orders/<str:order>/events", events, name="orders-events"),
    *changes.urlpatterns,
    *downloads.urlpatterns,
    *invoices.urlpatterns,
    *papers.urlpatterns,
    *returns.urlpatterns,
    *shipments.urlpatterns,
]
