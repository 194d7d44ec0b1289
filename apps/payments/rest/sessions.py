"""Paying for a cart over the API: the ways there are, a session, and what became of it."""

from typing import Annotated
from uuid import UUID

import msgspec
from django.urls import reverse

from apps.cart.interface import CartOrdered, UnknownCart
from apps.cart.interface import cart as carts
from commerce import ids
from commerce.proof import proves
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem, ProblemError, register
from commerce.rest.shapes import Amount, Body

from ..interface import Method, Session, UnknownMethod, UnknownSession
from ..service import PaymentsService
from ..views import is_ours

register(
    "payment-method-unknown",
    status=422,
    title="The shop does not take this way of paying",
    text="`method` is none of the cart's methods. Fetch `/api/payments/v1/methods?cart=`.",
)
register(
    "payment-not-needed",
    status=409,
    title="The cart has been ordered already",
    text="The cart has become an order and its payment is settled. `errors` names the order.",
)
register(
    "return-url-foreign",
    status=422,
    title="The shopper may not be sent there",
    text="`return_url` must be an address of this shop, on the same host and scheme.",
)

Url = Annotated[str, msgspec.Meta(max_length=2_000)]
Code = Annotated[str, msgspec.Meta(max_length=40)]


class Of(msgspec.Struct, kw_only=True):
    """Whose methods are asked for."""

    cart: str


class Start(Body, frozen=True):
    """How to pay for which cart; a method that asks the shopper leads back to `return_url`."""

    cart_id: str
    method: Code
    return_url: Url = ""


class Way(msgspec.Struct):
    """A way to pay, named by locale."""

    code: str
    name: dict[str, str]
    note: dict[str, str]


class Ways(msgspec.Struct):
    """The ways in which a cart can be paid."""

    data: list[Way]


class Action(msgspec.Struct):
    """Where the shopper has to go before the payment is authorised."""

    type: str
    url: str


class Shown(msgspec.Struct):
    """A payment session as it stands."""

    id: str
    cart_id: str
    method: str
    status: str
    amount: Amount
    action: Action | None
    reason: str | None


@endpoint("GET", credentials=("cu", "ct"), query=Of, answers={200: Ways})
def methods(request: ApiRequest, *, query: Of) -> Reply:
    """List the ways in which a cart can be paid."""
    try:
        found = PaymentsService().methods(cart=own_cart(request, query.cart))
    except UnknownCart:
        raise Problem("not-found") from None
    return Reply(body=Ways([way(method) for method in found]))


@endpoint(
    "POST",
    credentials=("cu", "ct"),
    body=Start,
    idempotency="natural",
    light=True,
    answers={201: Shown},
    problems=("payment-method-unknown", "payment-not-needed", "return-url-foreign"),
)
def start(request: ApiRequest, *, body: Start) -> Reply:
    """Begin to pay for what the cart costs now; `status` says what became of it.

    The same cart, method and amount get the same session until it is refused; then another attempt
    is made.
    """
    cart = own_cart(request, body.cart_id)
    if body.return_url and not is_ours(request, body.return_url):
        raise refused("return-url-foreign", "/return_url")
    try:
        session = PaymentsService().start(cart=cart, method=body.method, return_url=body.return_url)
    except UnknownCart:
        raise Problem("not-found") from None
    except UnknownMethod:
        raise refused("payment-method-unknown", "/method") from None
    except CartOrdered as ordered:
        raise refused("payment-not-needed", "/cart_id", order=ordered.order) from None
    location = reverse("payment-session", args=[ids.public("pay", session.id)])
    return Reply(201, shown(request, session), headers={"Location": location})


@endpoint("GET", credentials=("cu", "ct"), light=True, answers={200: Shown})
def show(request: ApiRequest, *, session: str) -> Reply:
    """Return a session as it stands; the provider is asked if it has not decided yet."""
    return Reply(body=shown(request, own_session(request, session)))


@endpoint("POST", credentials=("cu", "ct"), idempotency="natural", light=True, answers={200: Shown})
def confirm(request: ApiRequest, *, session: str) -> Reply:
    """Say that the shopper is back from the provider, and learn how the session stands."""
    return Reply(body=shown(request, own_session(request, session)))


def own_cart(request: ApiRequest, text: str) -> UUID:
    """Return the cart that the token was made for, or that is the customer's."""
    cart = ids.parse("cart", text)
    if not holds(request, cart):
        raise Problem("not-found")
    return cart


def holds(request: ApiRequest, cart: UUID) -> bool:
    """Tell whether the caller holds the token of a cart, or owns it."""
    caller = request.caller
    if proves("cart", cart, caller.token):
        return True
    return caller.customer is not None and carts.owner(cart=cart) == caller.customer


def own_session(request: ApiRequest, text: str) -> Session:
    """Return a session of a cart that the caller holds."""
    try:
        session = PaymentsService().session(session=ids.parse("pay", text))
    except UnknownSession:
        raise Problem("not-found") from None
    if not holds(request, session.cart):
        raise Problem("not-found")
    return session


def refused(code: str, pointer: str, *, order: UUID | None = None) -> Problem:
    """Refuse one field of the body."""
    meta = {"order": ids.public("ord", order)} if order else None
    return Problem(code, errors=[ProblemError(pointer=pointer, code=code, meta=meta)])


def way(method: Method) -> Way:
    """Write a method as the API does."""
    return Way(code=method.code, name=method.name, note=method.note)


def shown(request: ApiRequest, session: Session) -> Shown:
    """Write a session as the API does."""
    url = session.action_url and request.build_absolute_uri(session.action_url)
    return Shown(
        id=ids.public("pay", session.id),
        cart_id=ids.public("cart", session.cart),
        method=session.method,
        status=session.status.value,
        amount=Amount.of(session.amount),
        action=Action("redirect", url) if url else None,
        reason=session.reason or None,
    )
