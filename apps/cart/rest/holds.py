"""The holds of a whole cart."""

from commerce.rest.endpoint import ApiRequest, Reply, endpoint

from .. import service
from .bodies import Kept, kept_body
from .carts import own
from .problems import plainly


@endpoint(
    "POST",
    credentials=("ct",),
    idempotency="accepted",
    limit="hold",
    answers={200: Kept},
    problems=("cart-ordered",),
)
def again(request: ApiRequest, cart: str) -> Reply:
    """Keep every lapsed line aside once more, or as many of its units as are there."""
    name = own(request, cart)
    with plainly():
        _, missing = service.hold_again(name)
        found = service.contents(name)
    return Reply(200, kept_body(found, missing), version=found.version)
