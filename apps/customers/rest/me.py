"""What a customer has told of himself."""

from typing import Annotated

import msgspec
from django.conf import settings
from msgspec import UNSET, Meta, UnsetType

from commerce import ids
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem, ProblemError
from commerce.rest.shapes import Body

from ..interface import UnknownCustomer
from ..models import Customer
from ..service import book


class Me(msgspec.Struct, frozen=True):
    """A customer, as he sees himself."""

    id: str
    version: int
    email: str
    name: str
    locale: str
    groups: list[str]


class Changes(Body, frozen=True):
    """What shall be different; what is left out stays as it is."""

    name: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    locale: str | UnsetType = UNSET


@endpoint("GET", credentials=("cu",), answers={200: Me})
def show(request: ApiRequest) -> Reply:
    """Show the customer whose token it is."""
    return shown(mine(request))


@endpoint("PATCH", credentials=("cu",), body=Changes, if_match=True, answers={200: Me})
def change(request: ApiRequest, *, body: Changes, expected: int) -> Reply:
    """Change name or language. The address is what the account is known by, and stays."""
    found = mine(request)
    if isinstance(body.locale, str) and body.locale not in dict(settings.LANGUAGES):
        error = ProblemError(pointer="/locale", code="not-offered")
        raise Problem("body-invalid", errors=[error])
    given = {"name": body.name, "locale": body.locale}
    fields = {name: value for name, value in given.items() if isinstance(value, str)}
    try:
        book.change_profile(found.pk, fields, expected=expected)
    except book.Stale as refusal:
        raise stale(refusal) from None
    return shown(mine(request))


def mine(request: ApiRequest) -> Customer:
    """Return whose token it is; one that was erased since is not found."""
    assert request.caller.customer is not None
    try:
        return book.profile(request.caller.customer)
    except UnknownCustomer:
        raise Problem("not-found") from None


def shown(found: Customer) -> Reply:
    """Write a customer."""
    groups = sorted(found.groups.values_list("code", flat=True))
    name = ids.public("cus", found.pk)
    body = Me(name, found.version, found.email, found.name, found.locale, groups)
    return Reply(200, body, version=found.version)


def stale(refusal: book.Stale) -> Problem:
    """Say which version there is now."""
    return Problem("precondition-failed", headers={"ETag": f'"{refusal.version}"'})
