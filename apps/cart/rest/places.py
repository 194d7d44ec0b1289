"""A cart's place in the line of a sale, also for customers, whose carts have no token."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from apps.stock import interface
from apps.stock.interface import BadTicket, NoSale, Standing, TooManyPlaces, stock
from commerce import origin
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem
from commerce.rest.shapes import Body

from .bodies import Sku
from .carts import own
from .problems import because


class Arrival(Body, frozen=True):
    """What the cart waits for; its ticket, if it has one, brings it back to its place."""

    sku: Sku
    ticket: Annotated[str, Meta(max_length=100)] = ""


class InLine(msgspec.Struct, frozen=True, kw_only=True):
    """Where a cart stands: `early`, `waiting`, `admitted` until a moment, or `open` to all.

    The position counts down to 1 and never grows; `wait` is the least number of seconds it takes.
    """

    status: str
    starts_at: datetime
    position: int | None
    wait: int | None
    admitted_until: datetime | None
    ticket: str


@endpoint(
    "POST",
    credentials=("cu", "ct"),
    body=Arrival,
    answers={200: InLine},
    problems=("no-sale", "ticket-invalid", "places-limit", "sold-out"),
)
def take(request: ApiRequest, cart: str, *, body: Arrival) -> Reply:
    """Take the cart's place in the line of a sale, or ask how it is: it is always the same one.

    Ask again after `Retry-After` seconds: who does not ask for a minute is passed over.
    """
    name = own(request, cart)
    try:
        found = stock.line_up(cart=name, sku=body.sku, ticket=body.ticket, origin=origin.block())
    except NoSale:
        raise Problem("no-sale") from None
    except BadTicket:
        raise because("ticket-invalid", {}, "/ticket") from None
    except TooManyPlaces as refusal:
        raise because("places-limit", {"most": refusal.most}, retry_after=60) from None
    if found.standing is Standing.GONE:
        meta = {"position": found.position, "ticket": found.ticket}
        raise because("sold-out", meta, retry_after=found.again)
    return Reply(200, told(found), {"Retry-After": str(found.again)})


def told(found: interface.Place) -> InLine:
    """Write a place."""
    return InLine(
        status=found.standing.value,
        starts_at=found.starts_at,
        position=found.position,
        wait=found.wait,
        admitted_until=found.until,
        ticket=found.ticket,
    )
