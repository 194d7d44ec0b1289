"""Locations over the API."""

from typing import Annotated

import msgspec
from django.core.exceptions import ValidationError
from django.urls import reverse
from msgspec import UNSET, Meta, UnsetType

from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.pagination import Cursor, PageQuery, page, position
from commerce.rest.problems import Problem, ProblemError
from commerce.rest.shapes import Body

from ..models import Location
from ..service import locations

Code = Annotated[str, Meta(pattern="^[-a-zA-Z0-9_]{1,64}$")]
Name = Annotated[str, Meta(min_length=1, max_length=255)]
Vendor = Annotated[str, Meta(max_length=64)]
Country = Annotated[str, Meta(pattern="^([A-Z]{2})?$")]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Priority = Annotated[int, Meta(ge=-32768, le=32767)]


class NewLocation(Body, frozen=True):
    """A place of our own or a vendor's; goods are taken from the lowest `priority` first."""

    code: Code
    name: Name
    kind: Location.Kind = Location.Kind.OWN
    vendor: Vendor = ""
    country: Country = ""
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    priority: Priority = 0
    enabled: bool = True


class Details(Body, frozen=True):
    """What to change; what is left out stays as it is."""

    name: Name | UnsetType = UNSET
    vendor: Vendor | UnsetType = UNSET
    country: Country | UnsetType = UNSET
    latitude: Latitude | UnsetType | None = UNSET
    longitude: Longitude | UnsetType | None = UNSET
    priority: Priority | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A location; goods of one that is not `enabled` are not for sale."""

    code: str
    name: str
    kind: str
    vendor: str
    country: str
    latitude: float | None
    longitude: float | None
    priority: int
    enabled: bool


class Places(msgspec.Struct, frozen=True):
    """A page of locations, by their codes."""

    data: list[Place]
    page: Cursor


@endpoint(
    "GET", credentials=("sk",), scopes=("stock:read",), query=PageQuery, answers={200: Places}
)
def listed(request: ApiRequest, *, query: PageQuery) -> Reply:
    """List the locations."""
    after = position(query, str) or ""
    rows = list(Location.objects.filter(code__gt=after).order_by("code")[: query.limit + 1])
    return page(request, query, rows, place=lambda row: row.code, show=shown)


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=("stock:write",),
    body=NewLocation,
    idempotency="accepted",
    answers={201: Place},
    problems=("location-exists", "location-invalid"),
)
def create(request: ApiRequest, *, body: NewLocation) -> Reply:
    """Add a location."""
    try:
        made = locations.add(**msgspec.structs.asdict(body))
    except locations.LocationExists:
        raise Problem("location-exists") from None
    except ValidationError as refusal:
        raise invalid(refusal) from None
    place = reverse("stock-location", args=[made.code])
    return Reply(201, shown(made), {"Location": place}, version=locations.version(made))


@endpoint("GET", credentials=("sk",), scopes=("stock:read",), answers={200: Place})
def show(request: ApiRequest, code: str) -> Reply:
    """Show a location."""
    found = Location.objects.filter(code=code).first()
    if found is None:
        raise Problem("not-found")
    return Reply(200, shown(found), version=locations.version(found))


@endpoint(
    "PATCH",
    credentials=("sk",),
    scopes=("stock:write",),
    body=Details,
    if_match=True,
    idempotency="accepted",
    answers={200: Place},
    problems=("location-invalid",),
)
def change(request: ApiRequest, code: str, *, body: Details, expected: int) -> Reply:
    """Change a location; its code and whose it is stay for ever."""
    given = msgspec.structs.asdict(body)
    fields = {name: value for name, value in given.items() if value is not UNSET}
    try:
        changed = locations.change(code, expected=expected, fields=fields)
    except Location.DoesNotExist:
        raise Problem("not-found") from None
    except locations.Changed as refusal:
        headers = {"ETag": f'"{refusal.version}"'}
        raise Problem("precondition-failed", headers=headers) from None
    except ValidationError as refusal:
        raise invalid(refusal) from None
    return Reply(200, shown(changed), version=locations.version(changed))


def shown(location: Location) -> Place:
    """Write a location."""
    return Place(**{name: getattr(location, name) for name in Place.__struct_fields__})


def invalid(refusal: ValidationError) -> Problem:
    """Say which fields do not fit together."""
    errors = [
        ProblemError(pointer="" if name == "__all__" else f"/{name}", code="invalid-value",
                     detail=" ".join(texts))
        for name, texts in refusal.message_dict.items()
    ]  # fmt: skip
    return Problem("location-invalid", errors=errors)
