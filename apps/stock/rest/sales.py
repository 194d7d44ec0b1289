"""Sales: when they start, and a cart's place in the line."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from commerce import ids, origin
from commerce.proof import proves
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem, ProblemError
from commerce.rest.shapes import Body

from .. import interface
from ..interface import BadTicket, NoSale, Standing, TooManyPlaces
from ..service.line import line_up, sale_of

Status = Literal["early", "waiting", "admitted", "open"]
STATUS: dict[Standing, Status] = {
    Standing.EARLY: "early",
    Standing.WAITING: "waiting",
    Standing.ADMITTED: "admitted",
    Standing.OPEN: "open",
}


class Sale(msgspec.Struct, frozen=True, kw_only=True):
    """From when on a SKU is sold, and whether carts are let in one after the other."""

    id: str
    name: str
    starts_at: datetime
    line: bool


class Arrival(Body, frozen=True):
    """Which cart waits; its ticket, if it has one, brings it back to its place."""

    cart_id: Annotated[str, Meta(max_length=64)]
    ticket: Annotated[str, Meta(max_length=100)] = ""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a cart stands: `early`, `waiting`, `admitted` until a moment, or `open` to all.

    The position counts down to 1 and never grows; `wait` is the least number of seconds it takes.
    """

    status: Status
    starts_at: datetime
    position: int | None
    wait: int | None
    admitted_until: datetime | None
    ticket: str


@endpoint("GET", credentials=("pk", "sk"), cache=1, answers={200: Sale}, problems=("no-sale",))
def show(request: ApiRequest, sku: str) -> Reply:
    """Tell when the sale of a SKU starts, and whether it has a line."""
    try:
        sale = sale_of(sku)
    except NoSale:
        raise Problem("no-sale") from None
    shown = Sale(
        id=ids.public("sale", sale.id), name=sale.name, starts_at=sale.starts_at, line=sale.lined
    )
    return Reply(200, shown)


@endpoint(
    "POST",
    credentials=("ct",),
    body=Arrival,
    answers={200: Place},
    problems=("no-sale", "ticket-invalid", "places-limit", "sold-out"),
)
def place(request: ApiRequest, sku: str, *, body: Arrival) -> Reply:
    """Take a place in the line, or ask how it is; the same cart always has the same place.

    Ask again after `Retry-After` seconds: who does not ask for a minute is passed over. Keep the
    ticket and send it along, so that the place is yours even if the line is lost.
    """
    cart = ids.parse("cart", body.cart_id)
    if not proves("cart", cart, request.caller.token):
        raise Problem("not-found")
    try:
        found = line_up(cart, sku, body.ticket, origin.block())
    except NoSale:
        raise Problem("no-sale") from None
    except BadTicket:
        error = ProblemError(pointer="/ticket", code="ticket-invalid")
        raise Problem("ticket-invalid", errors=[error]) from None
    except TooManyPlaces as refusal:
        error = ProblemError(code="places-limit", meta={"most": refusal.most})
        raise Problem("places-limit", errors=[error], retry_after=60) from None
    if found.standing is Standing.GONE:
        raise sold_out(found)
    return Reply(200, written(found), {"Retry-After": str(found.again)})


def sold_out(found: interface.Place) -> Problem:
    """Say that nothing is left for now, and where the cart stands."""
    meta = {"position": found.position, "ticket": found.ticket}
    error = ProblemError(code="sold-out", meta=meta)
    return Problem("sold-out", errors=[error], retry_after=found.again)


def written(found: interface.Place) -> Place:
    """Write a place."""
    return Place(
        status=STATUS[found.standing],
        starts_at=found.starts_at,
        position=found.position,
        wait=found.wait,
        admitted_until=found.until,
        ticket=found.ticket,
    )
