"""A customer's address book."""

import dataclasses
from typing import Annotated
from uuid import UUID

import msgspec
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from msgspec import UNSET, Meta, UnsetType

from commerce import ids
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem, ProblemError, register
from commerce.rest.shapes import Body

from ..interface import Address, UnknownCustomer
from ..models import Place
from ..service import addresses, book
from .me import stale

register(
    "too-many-addresses",
    status=409,
    title="There are as many addresses as we keep",
    text=f"A customer has at most {book.MOST} addresses. Delete one first.",
)

Text = Annotated[str, Meta(max_length=200)]
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$")]


class Entry(Body, frozen=True):
    """Where parcels go; `country` is ISO 3166-1 alpha-2. One that is `preferred` stays so."""

    name: Text
    line1: Text
    city: Text
    country: Country
    postal_code: Text = ""
    line2: Text = ""
    region: Text = ""
    phone: Text = ""
    preferred: bool = False


class Changes(Body, frozen=True):
    """What shall be different of an address; what is left out stays as it is."""

    name: Text | UnsetType = UNSET
    line1: Text | UnsetType = UNSET
    city: Text | UnsetType = UNSET
    country: Country | UnsetType = UNSET
    postal_code: Text | UnsetType = UNSET
    line2: Text | UnsetType = UNSET
    region: Text | UnsetType = UNSET
    phone: Text | UnsetType = UNSET
    preferred: bool = False


class Kept(msgspec.Struct, frozen=True):
    """An address as it is kept; the preferred one is offered at the checkout."""

    id: str
    version: int
    preferred: bool
    address: Address


class Book(msgspec.Struct, frozen=True):
    """All addresses, the preferred one first."""

    data: list[Kept]


@endpoint("GET", credentials=("cu",), answers={200: Book})
def show_all(request: ApiRequest) -> Reply:
    """List the customer's addresses."""
    return Reply(200, Book([kept(each) for each in book.places(me(request))]))


@endpoint(
    "POST",
    credentials=("cu",),
    body=Entry,
    idempotency="accepted",
    answers={201: Kept},
    problems=("address-invalid", "too-many-addresses"),
)
def add(request: ApiRequest, *, body: Entry) -> Reply:
    """Write an address down."""
    try:
        made = book.add_place(me(request), checked(given(body)), preferred=body.preferred)
    except book.TooMany:
        raise Problem("too-many-addresses") from None
    except UnknownCustomer:
        raise Problem("not-found") from None
    where = reverse("customers-place", args=[ids.public("adr", made.pk)])
    return Reply(201, kept(made), {"Location": where}, version=made.version)


@endpoint("GET", credentials=("cu",), answers={200: Kept})
def show(request: ApiRequest, address: str) -> Reply:
    """Show one of the customer's addresses."""
    try:
        found = book.place(me(request), ids.parse("adr", address))
    except book.UnknownPlace:
        raise Problem("not-found") from None
    return Reply(200, kept(found), version=found.version)


@endpoint(
    "PATCH",
    credentials=("cu",),
    body=Changes,
    if_match=True,
    idempotency="accepted",
    answers={200: Kept},
    problems=("address-invalid",),
)
def change(request: ApiRequest, address: str, *, body: Changes, expected: int) -> Reply:
    """Change an address."""
    name = ids.parse("adr", address)
    try:
        wanted = checked(written(book.place(me(request), name)) | given(body))
        found = book.change_place(
            me(request), name, wanted, preferred=body.preferred, expected=expected
        )
    except (book.UnknownPlace, UnknownCustomer):
        raise Problem("not-found") from None
    except book.Stale as refusal:
        raise stale(refusal) from None
    return Reply(200, kept(found), version=found.version)


@endpoint("DELETE", credentials=("cu",), if_match=True, idempotency="accepted")
def remove(request: ApiRequest, address: str, *, expected: int) -> Reply:
    """Strike an address out; another one becomes the preferred one if this was it."""
    try:
        book.remove_place(me(request), ids.parse("adr", address), expected=expected)
    except (book.UnknownPlace, UnknownCustomer):
        raise Problem("not-found") from None
    except book.Stale as refusal:
        raise stale(refusal) from None
    return Reply(204)


def me(request: ApiRequest) -> UUID:
    """Return whose token it is."""
    assert request.caller.customer is not None
    return request.caller.customer


def given(body: Entry | Changes) -> dict[str, str]:
    """Return the fields of an address that a client has written."""
    return {n: v for n, v in msgspec.structs.asdict(body).items() if isinstance(v, str)}


def checked(fields: dict[str, str]) -> Address:
    """Read an address as the customers context knows it, or refuse with all that is wrong."""
    address = Address(**fields)
    wrong = addresses.check_address(address, get_language() or settings.LANGUAGE_CODE)
    if wrong:
        told = (ProblemError(pointer=f"/{w.field}", code=w.code, detail=w.text) for w in wrong)
        raise Problem("address-invalid", errors=list(told))
    return address


def written(place: Place) -> dict[str, str]:
    """Return the fields of an address as they are kept."""
    return {field.name: getattr(place, field.name) for field in dataclasses.fields(Address)}


def kept(place: Place) -> Kept:
    """Write an address."""
    name = ids.public("adr", place.pk)
    return Kept(name, place.version, place.preferred, Address(**written(place)))
