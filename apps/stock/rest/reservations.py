"""Direct reservations: a till or a partner's shop keeps goods aside, sells them, or lets go."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from django.urls import reverse
from msgspec import Meta

from commerce import ids
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem, ProblemError
from commerce.rest.shapes import Body

from ..domain.moves import MOST
from ..interface import AlreadyCancelled, GoodsMissing, NotStarted, OutOfStock, Waiting
from ..service import direct
from ..service.move import unknown_skus
from .movements import Sku
from .problems import early, in_line

MOST_LINES = 100
Seconds = Annotated[int, Meta(ge=1, le=MOST)]  # whoever asks for too many hears how many
REFUSALS = ("out-of-stock", "sku-unknown", "reservation-too-long", "not-started", "waiting")


class Wanted(Body, frozen=True):
    """So many units of a SKU."""

    sku: Sku
    quantity: Annotated[int, Meta(ge=1, le=MOST)]


class NewReservation(Body, frozen=True):
    """What to keep aside, and for how many seconds; the same SKU twice is added up."""

    lines: Annotated[tuple[Wanted, ...], Meta(min_length=1, max_length=MOST_LINES)]
    ttl: Seconds = 900


class Longer(Body, frozen=True):
    """For how many seconds from now."""

    ttl: Seconds = 600


class Sale(Body, frozen=True):
    """Whether the customer has the goods, as at a till, or they wait here to be sent."""

    handed_over: bool = False


class Line(msgspec.Struct, frozen=True):
    """So many units of a SKU."""

    sku: str
    quantity: int


class Reservation(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands: `held`, `lapsed`, `committed`, `handed-over` or `released`."""

    id: str
    status: str
    lines: list[Line]
    created_at: datetime
    expires_at: datetime | None


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=("stock:write",),
    body=NewReservation,
    idempotency="natural",
    limit="hold",
    answers={201: Reservation},
    problems=REFUSALS,
)
def create(request: ApiRequest, *, body: NewReservation) -> Reply:
    """Keep all lines aside, or nothing."""
    units: dict[str, int] = {}
    for line in body.lines:
        units[line.sku] = units.get(line.sku, 0) + line.quantity
    places = {line.sku: f"/lines/{place}" for place, line in reversed([*enumerate(body.lines)])}
    if huge := [places[sku] for sku, many in units.items() if many > MOST]:
        errors = [ProblemError(pointer=place, code="quantity-too-high") for place in huge]
        raise Problem("body-invalid", errors=errors)
    owner, key = request.caller.owner, request.headers["Idempotency-Key"]
    with plainly(places):
        made = direct.hold(owner, key, units, timedelta(seconds=body.ttl))
    shown = body_of(made)
    return Reply(201, shown, {"Location": reverse("stock-reservation", args=[shown.id])})


@endpoint("GET", credentials=("sk",), scopes=("stock:read",), answers={200: Reservation})
def show(request: ApiRequest, reservation: str) -> Reply:
    """Tell how a reservation stands."""
    with plainly():
        return Reply(200, body_of(direct.show(request.caller.owner, named(reservation))))


@endpoint(
    "DELETE",
    credentials=("sk",),
    scopes=("stock:write",),
    idempotency="natural",
    problems=("reservation-ended",),
)
def drop(request: ApiRequest, reservation: str) -> Reply:
    """Put the goods back on the shelf, also those that were sold and not handed over."""
    with plainly():
        direct.drop(request.caller.owner, named(reservation))
    return Reply(204)


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=("stock:write",),
    body=Longer,
    idempotency="natural",
    limit="hold",
    answers={200: Reservation},
    problems=(*REFUSALS, "reservation-ended"),
)
def extend(request: ApiRequest, reservation: str, *, body: Longer) -> Reply:
    """Keep the goods aside for longer; what lapsed is taken again if it is still there."""
    ttl = timedelta(seconds=body.ttl)
    with plainly():
        return Reply(200, body_of(direct.extend(request.caller.owner, named(reservation), ttl)))


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=("stock:write",),
    body=Sale,
    idempotency="natural",
    answers={200: Reservation},
    problems=("out-of-stock", "reservation-ended", "goods-expected"),
)
def commit(request: ApiRequest, reservation: str, *, body: Sale) -> Reply:
    """Sell the goods: all of them, or nothing if some lapsed and are gone."""
    sell = direct.hand_over if body.handed_over else direct.sell
    with plainly():
        return Reply(200, body_of(sell(request.caller.owner, named(reservation))))


def named(reservation: str) -> UUID:
    """Read a reservation's id."""
    return ids.parse("res", reservation)


def body_of(made: direct.Direct) -> Reservation:
    """Write a reservation."""
    return Reservation(
        id=ids.public("res", made.id),
        status=made.state.value,
        lines=[Line(line.sku, line.quantity) for line in made.lines],
        created_at=made.created_at,
        expires_at=made.expires_at,
    )


@contextmanager
def plainly(places: dict[str, str] | None = None) -> Iterator[None]:
    """Turn refusals into problems; `places` are pointers to the lines by SKU."""
    try:
        yield
    except direct.UnknownReservation:
        raise Problem("not-found") from None
    except direct.OtherLines:
        raise Problem("idempotency-mismatch") from None
    except direct.TooLong:
        raise Problem("reservation-too-long") from None
    except direct.Ended as refusal:
        error = ProblemError(code="reservation-ended", meta={"status": refusal.state.value})
        raise Problem("reservation-ended", errors=[error]) from None
    except AlreadyCancelled:
        raise Problem("reservation-ended") from None
    except GoodsMissing:
        raise Problem("goods-expected") from None
    except NotStarted as refusal:
        raise early((places or {}).get(refusal.sku), refusal) from None
    except Waiting as refusal:
        raise in_line((places or {}).get(refusal.sku), refusal) from None
    except OutOfStock as refusal:
        raise short(places or {}, refusal) from None


def short(places: dict[str, str], refusal: OutOfStock) -> Problem:
    """Say of each line that is short how many could be had, or that nobody knows its SKU."""
    could_be = {each.sku: each.available for each in refusal.shortages}
    strange = unknown_skus([sku for sku, units in could_be.items() if not units])
    errors = [
        ProblemError(
            pointer=places.get(sku),
            code="sku-unknown" if sku in strange else "out-of-stock",
            meta={"sku": sku, "available": units},
        )
        for sku, units in could_be.items()
    ]
    return Problem("sku-unknown" if strange else "out-of-stock", errors=errors)
