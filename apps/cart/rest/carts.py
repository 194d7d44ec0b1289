"""Carts as a whole: anybody with a shop's key begins one, whoever has its token changes it.

A customer has one, which is his wherever he signs in and has no token.
"""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from apps.customers.interface import FieldProblem, UnknownCustomer, customers
from commerce import ids
from commerce.proof import prove, proves
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem

from .. import service
from ..interface import Contents
from .bodies import Cart, CartName, Details, NewCart, Place, Summary, cart_body
from .problems import address_invalid, not_offered, plainly


@endpoint(
    "POST",
    credentials=("cu", "sk", "pk"),
    body=NewCart,
    idempotency="accepted",
    answers={200: Cart, 201: Cart},
)
def create(request: ApiRequest, *, body: NewCart) -> Reply:
    """Begin a cart; its token is the only proof that it is yours.

    A customer is answered 200 with the one live cart, wherever it was begun; it has no token.
    """
    check_offered("/currency", body.currency, settings.CURRENCIES)
    check_offered("/locale", body.locale, list(dict(settings.LANGUAGES)))
    if request.caller.customer:
        return live(request.caller.customer, body)
    made = service.create(currency=body.currency, locale=body.locale)
    shown = cart_body(service.contents(made.id), prove("cart", made.id))
    place = reverse("cart-cart", args=[shown.id])
    return Reply(201, shown, {"Location": place}, version=made.version)


def live(customer: UUID, body: NewCart) -> Reply:
    """Answer a customer with the one live cart, which is begun if there is none."""
    try:
        shopper = customers.shopper(customer=customer)
    except UnknownCustomer:
        raise Problem("not-found") from None
    name = service.begin(shopper, currency=body.currency, locale=body.locale)
    with plainly():
        return reply(service.contents(name))


@endpoint("GET", credentials=("cu", "ct"), answers={200: Cart})
def show(request: ApiRequest, cart: str) -> Reply:
    """Show the cart as it stands, with until when each line is held."""
    with plainly():
        return reply(service.contents(own(request, cart)))


@endpoint(
    "PATCH",
    credentials=("cu", "ct"),
    body=Details,
    if_match=True,
    idempotency="accepted",
    answers={200: Cart},
    problems=("address-invalid", "cart-ordered", "cart-frozen"),
)
def change(request: ApiRequest, cart: str, *, body: Details, expected: int) -> Reply:
    """Say who buys and where it goes; everything that is wrong is told at once."""
    name = own(request, cart)
    with plainly():
        service.patch(name, expected=expected, fields=checked(body))
        return reply(service.contents(name))


@endpoint(
    "DELETE", credentials=("cu", "ct"), if_match=True, problems=("cart-ordered", "cart-frozen")
)
def drop(request: ApiRequest, cart: str, *, expected: int) -> Reply:
    """Forget the cart and put everything back on the shelf."""
    with plainly():
        service.drop(own(request, cart), expected=expected)
    return Reply(204)


@endpoint("GET", credentials=("cu", "ct"), query=CartName, answers={200: Summary})
def shopper(request: ApiRequest, *, query: CartName) -> Reply:
    """Say in a few bytes what every page shows of a cart."""
    with plainly():
        found = service.summary(own(request, query.cart))
    shown = Summary(version=found.version, count=found.count, held_until=found.held_until)
    return Reply(200, shown, version=found.version)


def own(request: ApiRequest, cart: str) -> UUID:
    """Return the cart's id if a token proves that it was given to the caller, or it is his."""
    name, caller = ids.parse("cart", cart), request.caller
    if proves("cart", name, caller.token):
        return name
    if caller.customer and service.is_of(name, caller.customer):
        return name
    raise Problem("not-found")


def reply(found: Contents) -> Reply:
    """Answer with a cart and its version."""
    return Reply(200, cart_body(found), version=found.version)


def checked(body: Details) -> dict[str, Any]:
    """Return the fields to change, or refuse with everything that is wrong with them."""
    if isinstance(body.locale, str):
        check_offered("/locale", body.locale, list(dict(settings.LANGUAGES)))
    if isinstance(body.currency, str):
        check_offered("/currency", body.currency, settings.CURRENCIES)
    if wrong := wrong_fields(body):
        raise address_invalid(wrong)
    given = {"email": body.email, "locale": body.locale, "currency": body.currency}
    fields: dict[str, Any] = {name: text for name, text in given.items() if isinstance(text, str)}
    match body.shipping_address:
        case Place() as place:
            fields["address"] = place.address()
        case None:
            fields["address"] = None
    return fields


def wrong_fields(body: Details) -> list[tuple[str, FieldProblem]]:
    """Find what is wrong with the addresses, in the reader's language."""
    locale = get_language() or settings.LANGUAGE_CODE
    wrong: list[tuple[str, FieldProblem]] = []
    if isinstance(body.email, str):
        found = customers.check_email(email=body.email, locale=locale)
        wrong += [("", each) for each in found]
    if isinstance(body.shipping_address, Place):
        address = body.shipping_address.address()
        found = customers.check_address(address=address, locale=locale)
        wrong += [("/shipping_address", each) for each in found]
    return wrong


def check_offered(pointer: str, given: str, known: list[str]) -> None:
    """Refuse a value that the shop does not offer."""
    if given not in known:
        raise not_offered(pointer, known)
