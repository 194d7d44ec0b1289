"""What every change of an order over the API shares: whose order, who acts, why it is refused."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from apps.cart.interface import cart as carts
from commerce import ids
from commerce.proof import proves
from commerce.rest import keys
from commerce.rest.endpoint import ApiRequest
from commerce.rest.problems import Problem
from commerce.rest.shapes import Body

from .. import service
from ..domain import OtherWish
from ..domain.life import NotAllowed, UnknownShipment, units
from ..interface import Order, UnknownOrder
from . import problems

MOST_LINES = 500


class Some(Body, frozen=True):
    """So many units of a line of the order."""

    line: Annotated[int, Meta(ge=1, le=32_767)]
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)]


Items = Annotated[tuple[Some, ...], Meta(max_length=MOST_LINES)]
Reason = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\S")]


class Because(Body, frozen=True):
    """Why it is done; it stays in the order's story."""

    reason: Reason


def goods_of(items: Iterable[Some]) -> dict[int, int]:
    """Read units of lines, those of one line added up."""
    return units((each.line, each.quantity) for each in items)


@contextmanager
def refusals() -> Iterator[None]:
    """Tell as problems what the service refuses."""
    try:
        yield
    except NotAllowed as refusal:
        raise problems.not_allowed(refusal) from None
    except OtherWish:
        raise Problem("idempotency-mismatch") from None
    except UnknownShipment:
        raise Problem("not-found") from None


def own_order(request: ApiRequest, order: str) -> Order:
    """Return an order that the caller may see; a foreign one is as unknown as none."""
    try:
        found = service.show(order=ids.parse("ord", order))
    except UnknownOrder:
        raise Problem("not-found") from None
    caller = request.caller
    mine = caller.customer is not None and caller.customer == found.customer
    if not mine and not holds(request, found.cart):
        raise Problem("not-found")
    return found


def holds(request: ApiRequest, cart: UUID) -> bool:
    """Tell whether the caller is a partner, holds the token of this cart, or owns it."""
    caller = request.caller
    if caller.credential == "sk" or proves("cart", cart, caller.token):
        return True
    return caller.customer is not None and carts.owner(cart=cart) == caller.customer


def actor(request: ApiRequest) -> str:
    """Name who acts, as the merchant knows the key."""
    if request.caller.credential == "sk":
        return f"partner:{keys.name(request.caller.owner.removeprefix('sk:'))}"
    return "shopper"


def key_of(request: ApiRequest) -> str:
    """Tell this wish from all others, by whoever wishes it and the key."""
    return f"{request.caller.owner} {request.headers['Idempotency-Key']}"
