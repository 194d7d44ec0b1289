"""Returns over the API: asked for, approved, received, and their money given back."""

import msgspec
from django.urls import path, reverse

from commerce import ids
from commerce.rest.endpoint import ApiRequest, Reply, endpoint, resource
from commerce.rest.problems import Problem, ProblemError
from commerce.rest.shapes import Body

from .. import service
from ..interface import Order
from . import bodies
from .acting import Because, Items, Reason, actor, goods_of, key_of, own_order, refusals
from .bodies import Page, Price, ReturnBody


class NewReturn(Body, frozen=True):
    """Which units shall come back, and why."""

    items: Items
    reason: Reason


class Receiving(Body, frozen=True):
    """What has come; without `items`, all of it. What cannot be sold again stays off the shelf."""

    items: Items = ()
    restock: bool = True


class Refunding(Body, frozen=True):
    """Why, and how much; without `amount`, what the goods were paid with."""

    reason: Reason
    amount: Price | None = None


class Returns(msgspec.Struct, frozen=True):
    """An order's returns, in the order in which they were asked for."""

    data: list[ReturnBody]
    page: Page = Page()


@endpoint(
    "POST",
    credentials=("cu", "ct", "sk"),
    scopes=("orders:write",),
    body=NewReturn,
    idempotency="natural",
    answers={201: ReturnBody},
    problems=("quantity-too-high",),
)
def ask(request: ApiRequest, order: str, *, body: NewReturn) -> Reply:
    """Ask to send goods back. Nobody can return more than was sent."""
    found, goods = own_order(request, order), goods_of(body.items)
    if not goods:
        problem = ProblemError(code="too-short", pointer="/items")
        raise Problem("body-invalid", errors=[problem])
    with refusals():
        made = service.request_return(
            order=found.id,
            goods=goods,
            actor=actor(request),
            why=body.reason.strip(),
            key=key_of(request),
        )
    name, place = ids.public("ret", made), reverse("orders-returns", args=[order])
    return Reply(201, of(found, name), {"Location": f"{place}/{name}"})


@endpoint("GET", credentials=("cu", "ct", "sk"), scopes=("orders:read",), answers={200: Returns})
def listed(request: ApiRequest, order: str) -> Reply:
    """List an order's returns."""
    found = own_order(request, order)
    return Reply(200, Returns([bodies.return_body(each) for each in found.returns]))


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=("orders:write",),
    idempotency="natural",
    answers={200: ReturnBody},
    problems=("return-gone",),
)
def approve(request: ApiRequest, order: str, parcel: str) -> Reply:
    """Let the customer send the goods, who hears of it by mail."""
    found = own_order(request, order)
    with refusals():
        name = ids.parse("ret", parcel)
        service.approve(order=found.id, parcel=name, actor=actor(request))
    return Reply(200, of(found, parcel))


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=("orders:write",),
    body=Because,
    idempotency="natural",
    answers={200: ReturnBody},
    problems=("return-gone",),
)
def reject(request: ApiRequest, order: str, parcel: str, *, body: Because) -> Reply:
    """Refuse a return that has not come yet."""
    found, name = own_order(request, order), ids.parse("ret", parcel)
    with refusals():
        service.reject(order=found.id, parcel=name, actor=actor(request), why=body.reason.strip())
    return Reply(200, of(found, parcel))


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=("orders:write",),
    body=Receiving,
    idempotency="natural",
    answers={200: ReturnBody},
    problems=("return-gone", "quantity-too-high"),
)
def receive(request: ApiRequest, order: str, parcel: str, *, body: Receiving) -> Reply:
    """Take in what has come back; it is for sale again unless `restock` is false."""
    found, name = own_order(request, order), ids.parse("ret", parcel)
    with refusals():
        service.receive(
            order=found.id,
            parcel=name,
            goods=goods_of(body.items) or None,
            to_shelf=body.restock,
            actor=actor(request),
        )
    return Reply(200, of(found, parcel))


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=("orders:write",),
    body=Refunding,
    idempotency="natural",
    answers={200: ReturnBody},
    problems=("return-gone", "refund-too-high"),
)
def refund(request: ApiRequest, order: str, parcel: str, *, body: Refunding) -> Reply:
    """Give the money of what has come back, or less of it, in the way it was paid."""
    found, name = own_order(request, order), ids.parse("ret", parcel)
    amount = bodies.money(body.amount, "/amount") if body.amount else None
    if amount and amount.currency != found.currency:
        problem = ProblemError(code="invalid-value", pointer="/amount/currency")
        raise Problem("body-invalid", errors=[problem])
    with refusals():
        service.refund_return(
            order=found.id,
            parcel=name,
            minor=amount.minor if amount else None,
            actor=actor(request),
            why=body.reason.strip(),
        )
    return Reply(200, of(found, parcel))


def of(order: Order, name: str) -> ReturnBody:
    """Write one return of an order as it stands now."""
    for each in service.show(order=order.id).returns:
        if ids.public("ret", each.id) == name:
            return bodies.return_body(each)
    raise Problem("not-found")


RETURNS = "orders/<str:order>/returns"
urlpatterns = [
    path(RETURNS, resource(listed, ask), name="orders-returns"),
    path(f"{RETURNS}/<str:parcel>/approve", approve, name="orders-return-approve"),
    path(f"{RETURNS}/<str:parcel>/reject", reject, name="orders-return-reject"),
    path(f"{RETURNS}/<str:parcel>/receive", receive, name="orders-return-receive"),
    path(f"{RETURNS}/<str:parcel>/refund", refund, name="orders-return-refund"),
]
