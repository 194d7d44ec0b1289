"""Parcels over the API: packed with some of an order's goods, sent with tracking, delivered."""

from typing import Annotated

import msgspec
from django.urls import path, reverse
from msgspec import Meta

from commerce import ids
from commerce.rest.endpoint import ApiRequest, Reply, endpoint, resource
from commerce.rest.problems import Problem, ProblemError
from commerce.rest.shapes import Body

from .. import service
from ..domain.life import LINK, Tracking, units
from ..interface import Order, Shipment
from . import bodies
from .acting import Because, Items, actor, goods_of, key_of, own_order, refusals
from .bodies import Fulfillment, Page


class NewFulfillment(Body, frozen=True):
    """What is packed into a parcel; without `items`, everything that has to be sent yet."""

    items: Items = ()


class Sending(Body, frozen=True):
    """How a parcel travels."""

    carrier: Annotated[str, Meta(max_length=64)] = ""
    tracking_number: Annotated[str, Meta(max_length=128)] = ""
    tracking_url: Annotated[str, Meta(pattern=LINK)] | None = None


class Parcels(msgspec.Struct, frozen=True):
    """An order's parcels, in the order in which they were packed."""

    data: list[Fulfillment]
    page: Page = Page()


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=("orders:write",),
    body=NewFulfillment,
    idempotency="natural",
    answers={201: Fulfillment},
    problems=("order-on-hold", "order-not-ready", "order-over", "quantity-too-high"),
)
def pack(request: ApiRequest, order: str, *, body: NewFulfillment) -> Reply:
    """Pack a parcel. What is in it can be in no other one, and not be cancelled."""
    found = own_order(request, order)
    with refusals():
        parcel = service.pack(
            order=found.id, goods=wanted(found, body), actor=actor(request), key=key_of(request)
        )
    place = reverse("orders-fulfillments", args=[order])
    name = ids.public("ful", parcel)
    return Reply(201, of(service.show(order=found.id), name), {"Location": f"{place}/{name}"})


@endpoint("GET", credentials=("cu", "ct", "sk"), scopes=("orders:read",), answers={200: Parcels})
def listed(request: ApiRequest, order: str) -> Reply:
    """List an order's parcels."""
    found = own_order(request, order)
    return Reply(200, Parcels([bodies.fulfillment(each) for each in found.shipments]))


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=("orders:write",),
    body=Sending,
    idempotency="natural",
    answers={200: Fulfillment},
    problems=("order-on-hold", "order-not-ready", "goods-missing", "shipment-gone"),
)
def ship(request: ApiRequest, order: str, fulfillment: str, *, body: Sending) -> Reply:
    """Let a parcel leave: its goods leave the stock, and the shopper hears of it."""
    found, parcel = own_order(request, order), ids.parse("ful", fulfillment)
    tracking = Tracking(body.carrier, body.tracking_number, body.tracking_url or "")
    with refusals():
        service.ship(order=found.id, shipment=parcel, tracking=tracking, actor=actor(request))
    return Reply(200, of(service.show(order=found.id), fulfillment))


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=("orders:write",),
    idempotency="natural",
    answers={200: Fulfillment},
    problems=("shipment-gone",),
)
def deliver(request: ApiRequest, order: str, fulfillment: str) -> Reply:
    """Say that a parcel has arrived."""
    found = own_order(request, order)
    with refusals():
        parcel = ids.parse("ful", fulfillment)
        service.deliver(order=found.id, shipment=parcel, actor=actor(request))
    return Reply(200, of(service.show(order=found.id), fulfillment))


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=("orders:write",),
    body=Because,
    idempotency="natural",
    answers={200: Fulfillment},
    problems=("shipment-gone",),
)
def unpack(request: ApiRequest, order: str, fulfillment: str, *, body: Because) -> Reply:
    """Give up a parcel that has not left; what was in it can be packed anew, or cancelled."""
    found, parcel = own_order(request, order), ids.parse("ful", fulfillment)
    with refusals():
        service.unpack(
            order=found.id, shipment=parcel, actor=actor(request), why=body.reason.strip()
        )
    return Reply(200, of(service.show(order=found.id), fulfillment))


def wanted(order: Order, body: NewFulfillment) -> dict[int, int]:
    """Read what shall be packed; refused when there is nothing."""
    rest = units((line.position, line.to_pack) for line in order.lines)
    goods = goods_of(body.items) or rest
    if not goods:
        problem = ProblemError(code="quantity-too-high", pointer="/items")
        raise Problem("quantity-too-high", errors=[problem])
    return goods


def of(order: Order, name: str) -> Fulfillment:
    """Write one parcel of an order."""
    return bodies.fulfillment(parcel(order, name))


def parcel(order: Order, name: str) -> Shipment:
    """Find a parcel of an order by its id."""
    for each in order.shipments:
        if ids.public("ful", each.id) == name:
            return each
    raise Problem("not-found")


PARCELS = "orders/<str:order>/fulfillments"
urlpatterns = [
    path(PARCELS, resource(listed, pack), name="orders-fulfillments"),
    path(f"{PARCELS}/<str:fulfillment>/ship", ship, name="orders-ship"),
    path(f"{PARCELS}/<str:fulfillment>/deliver", deliver, name="orders-deliver"),
    path(f"{PARCELS}/<str:fulfillment>/cancel", unpack, name="orders-unpack"),
]
