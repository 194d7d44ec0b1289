"""Carts that wait for their payment."""

from commerce.rest.endpoint import ApiRequest, Reply, endpoint

from .. import service
from .bodies import Cart
from .carts import own, reply
from .problems import plainly


@endpoint(
    "POST",
    credentials=("cu", "ct"),
    idempotency="accepted",
    answers={200: Cart},
    problems=("cart-ordered", "unknown-sku"),
)
def freeze(request: ApiRequest, cart: str) -> Reply:
    """Let neither the cart nor its prices change for ten minutes, so that it can be paid in peace.

    Whoever tries to change it gets 423. Freezing it again does not take longer.
    """
    name = own(request, cart)
    with plainly():
        service.freeze(name)
        return reply(service.contents(name))


@endpoint("DELETE", credentials=("cu", "ct"), idempotency="accepted", answers={200: Cart})
def thaw(request: ApiRequest, cart: str) -> Reply:
    """Let the cart change again, at the prices of now."""
    name = own(request, cart)
    with plainly():
        service.thaw(name)
        return reply(service.contents(name))
