"""Changes of an order over the API: cancelled, held, and edited after a look at what it does."""

from datetime import datetime

import msgspec
from django.urls import path

from apps.customers.interface import Address, customers
from commerce import ids
from commerce.money import Money
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem, ProblemError
from commerce.rest.shapes import Body

from .. import models, service
from ..interface import Order, Status
from . import bodies
from .acting import Because, Items, Reason, actor, goods_of, key_of, own_order, refusals
from .bodies import OrderBody, Price, Units

CANCELLING = ("order-shipped", "order-packed", "order-over", "payment-moving")
EDITING = ("quantity-too-high", "edit-empty", "order-empty", "address-country")
READINESS = ("order-on-hold", "order-not-ready", "order-over")


class Cancelling(Body, frozen=True):
    """Why, and which units; without `items` the whole order, which must not have been packed."""

    reason: Reason
    items: Items = ()


class NewEdit(Body, frozen=True):
    """Units that will not be sent, and another address in the same country."""

    reason: Reason
    items: Items = ()
    shipping_address: Address | None = None


class EditBody(msgspec.Struct, frozen=True, kw_only=True):
    """What a change does: its `refund` is given back once it is applied."""

    id: str
    items: list[Units]
    shipping_address: Address | None
    refund: Price
    reason: str
    applied_at: datetime | None


@endpoint(
    "POST",
    credentials=("cu", "ct", "sk"),
    scopes=("orders:write",),
    body=Cancelling,
    idempotency="natural",
    answers={200: OrderBody},
    problems=(*CANCELLING, *READINESS, *EDITING),
)
def cancel(request: ApiRequest, order: str, *, body: Cancelling) -> Reply:
    """Cancel an order, or some of what was not sent; money that was taken is given back."""
    found, why = own_order(request, order), body.reason.strip()
    who, key = actor(request), key_of(request)
    with refusals():
        if goods := goods_of(body.items):
            service.withdraw(order=found.id, goods=goods, actor=who, why=why, key=key)
        elif found.status is not Status.CANCELLED:
            service.cancel(order=found.id, actor=who, why=why)
    return shown(found)


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=("orders:write",),
    body=Because,
    idempotency="natural",
    answers={200: OrderBody},
    problems=("order-over",),
)
def hold(request: ApiRequest, order: str, *, body: Because) -> Reply:
    """Stop an order: nothing of it is packed or sent until it is released."""
    found = own_order(request, order)
    with refusals():
        service.hold(order=found.id, actor=actor(request), why=body.reason.strip())
    return shown(found)


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=("orders:write",),
    body=Because,
    idempotency="natural",
    answers={200: OrderBody},
)
def release(request: ApiRequest, order: str, *, body: Because) -> Reply:
    """Let an order go on that was on hold."""
    found = own_order(request, order)
    service.release_hold(order=found.id, actor=actor(request), why=body.reason.strip())
    return shown(found)


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=("orders:write",),
    body=NewEdit,
    idempotency="natural",
    answers={201: EditBody},
    problems=EDITING,
)
def preview(request: ApiRequest, order: str, *, body: NewEdit) -> Reply:
    """Look at what a change would do. Apply it with the order's ETag in `If-Match`."""
    found = own_order(request, order)
    refuse_bad_address(body.shipping_address, found.locale)
    with refusals():
        edit = service.preview(
            order=found.id,
            goods=goods_of(body.items),
            address=body.shipping_address,
            why=body.reason.strip(),
            key=key_of(request),
        )
    return Reply(201, edit_body(edit, found), version=found.version)


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=("orders:write",),
    if_match=True,
    idempotency="natural",
    answers={200: EditBody},
    problems=(*READINESS, *EDITING, "order-packed"),
)
def apply(request: ApiRequest, order: str, edit: str, *, expected: int) -> Reply:
    """Do what was looked at, if the order is still as it was then."""
    found = own_order(request, order)
    with refusals():
        name = ids.parse("edit", edit)
        done = service.apply(order=found.id, edit=name, version=expected, actor=actor(request))
    return Reply(200, edit_body(done, found), version=service.show(order=found.id).version)


def refuse_bad_address(address: Address | None, locale: str) -> None:
    """Tell what is wrong with an address, field by field."""
    wrong = customers.check_address(address=address, locale=locale) if address else ()
    if wrong:
        place = "/shipping_address/"
        errors = [ProblemError(code=p.code, pointer=place + p.field, detail=p.text) for p in wrong]
        raise Problem("body-invalid", errors=errors)


def shown(order: Order) -> Reply:
    """Answer with the order as it stands now."""
    found = service.show(order=order.id)
    return Reply(200, bodies.order_body(found), version=found.version)


def edit_body(edit: models.Edit, order: Order) -> EditBody:
    """Write an edit."""
    return EditBody(
        id=ids.public("edit", edit.pk),
        items=[Units(*each) for each in edit.goods],
        shipping_address=msgspec.convert(edit.address, Address | None),
        refund=bodies.price(Money(edit.minor, order.currency)),
        reason=edit.why,
        applied_at=edit.applied_at,
    )


urlpatterns = [
    path("orders/<str:order>/cancel", cancel, name="orders-cancel"),
    path("orders/<str:order>/hold", hold, name="orders-hold"),
    path("orders/<str:order>/release", release, name="orders-release"),
    path("orders/<str:order>/edits", preview, name="orders-edits"),
    path("orders/<str:order>/edits/<str:edit>/apply", apply, name="orders-apply"),
]
