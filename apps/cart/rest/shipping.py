"""How a cart can be sent, and how it shall be."""

from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem, ProblemError

from .. import service
from .bodies import Cart, Choice, Options, option_body
from .carts import own, reply
from .problems import plainly


@endpoint("GET", credentials=("cu", "ct"), answers={200: Options})
def options(request: ApiRequest, cart: str) -> Reply:
    """List the ways the cart can be sent to its address, or in the shop's own country."""
    with plainly():
        ways = service.shipping_options(own(request, cart))
    return Reply(200, Options([option_body(each) for each in ways]))


@endpoint(
    "PUT",
    credentials=("cu", "ct"),
    body=Choice,
    if_match=True,
    answers={200: Cart},
    problems=("shipping-unknown", "cart-ordered", "cart-frozen"),
)
def choose(request: ApiRequest, cart: str, *, body: Choice, expected: int) -> Reply:
    """Choose how the cart is sent."""
    name = own(request, cart)
    with plainly():
        if body.option not in {each.code for each in service.shipping_options(name)}:
            error = ProblemError(pointer="/option", code="shipping-unknown")
            raise Problem("shipping-unknown", errors=[error])
        service.patch(name, expected=expected, fields={"shipping": body.option})
        return reply(service.contents(name))
