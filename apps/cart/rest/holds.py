"""The holds of a whole cart."""

from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem

from .. import service
from ..domain import AlreadyExtended
from .bodies import Cart, Kept, kept_body
from .carts import own, reply
from .problems import plainly


@endpoint(
    "POST",
    credentials=("cu", "ct"),
    idempotency="accepted",
    limit="hold",
    answers={200: Kept},
    problems=("cart-ordered", "cart-frozen", "not-started", "waiting"),
)
def again(request: ApiRequest, cart: str) -> Reply:
    """Keep every lapsed line aside once more, or as many of its units as are there."""
    name = own(request, cart)
    with plainly():
        _, missing = service.hold_again(name)
        found = service.contents(name)
    return Reply(200, kept_body(found, missing), version=found.version)


@endpoint(
    "POST",
    credentials=("cu", "ct"),
    idempotency="accepted",
    limit="hold",
    answers={200: Cart},
    problems=("cart-ordered", "cart-frozen", "already-extended"),
)
def extend(request: ApiRequest, cart: str) -> Reply:
    """Give a shopper who is about to pay ten minutes more, once, half an hour in all at most."""
    name = own(request, cart)
    with plainly():
        try:
            service.extend(name)
        except AlreadyExtended:
            raise Problem("already-extended") from None
        return reply(service.contents(name))
