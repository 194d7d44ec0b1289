"""The coupons of a cart."""

from typing import Annotated

from msgspec import Meta

from apps.pricing.interface import CouponRefused
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.shapes import Body

from .. import service
from .bodies import Cart
from .carts import own, reply
from .problems import COUPONS, coupon_refused, plainly


class Coupon(Body, frozen=True):
    """A code as it was handed out; small and capital letters are the same."""

    code: Annotated[str, Meta(min_length=1, max_length=60)]


@endpoint(
    "POST",
    credentials=("cu", "ct"),
    body=Coupon,
    idempotency="accepted",
    answers={200: Cart},
    problems=(*COUPONS, "cart-ordered", "cart-frozen"),
)
def enter(request: ApiRequest, cart: str, *, body: Coupon) -> Reply:
    """Enter a coupon; the cart answers with what it costs now.

    One counts at a time, the one entered last. One that gives nothing is refused and not kept.
    Wrong codes are limited.
    """
    name = own(request, cart)
    try:
        with plainly():
            service.enter_coupon(name, body.code)
            return reply(service.contents(name))
    except CouponRefused as refusal:
        raise coupon_refused(refusal) from None


@endpoint(
    "DELETE",
    credentials=("cu", "ct"),
    idempotency="accepted",
    answers={200: Cart},
    problems=("cart-ordered", "cart-frozen"),
)
def clear(request: ApiRequest, cart: str) -> Reply:
    """Take all coupons out."""
    name = own(request, cart)
    with plainly():
        service.take_coupons_out(name)
        return reply(service.contents(name))


@endpoint(
    "DELETE",
    credentials=("cu", "ct"),
    idempotency="accepted",
    answers={200: Cart},
    problems=("cart-ordered", "cart-frozen"),
)
def take_out(request: ApiRequest, cart: str, code: str) -> Reply:
    """Take one coupon out; the one that was entered before it counts again."""
    name = own(request, cart)
    with plainly():
        service.take_coupon_out(name, code)
        return reply(service.contents(name))
