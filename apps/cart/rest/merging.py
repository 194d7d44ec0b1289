"""Making two carts one."""

from uuid import UUID

from commerce import ids
from commerce.proof import proves
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem, ProblemError

from .. import service
from .bodies import Kept, Merge, kept_body
from .carts import own
from .problems import plainly


@endpoint(
    "POST",
    credentials=("cu", "ct"),
    body=Merge,
    idempotency="required",
    limit="hold",
    answers={200: Kept},
    problems=("cart-ordered", "cart-merged", "cart-frozen"),
)
def merge(request: ApiRequest, cart: str, *, body: Merge) -> Reply:
    """Put this cart's lines into another cart of the same shopper; this one is no more then.

    A customer who has just signed in shows the access token, and the guest's cart's own token.
    """
    source, into = own(request, cart), target(request, body)
    if source == into:
        error = ProblemError(pointer="/into", code="same-cart")
        raise Problem("body-invalid", errors=[error])
    with plainly():
        missing = service.merge(source, into=into).missing
        found = service.contents(into)
    return Reply(200, kept_body(found, missing), version=found.version)


def target(request: ApiRequest, body: Merge) -> UUID:
    """Return the cart that gets the lines, if it is the caller's as well."""
    if not body.token:
        return own(request, body.into)
    into = ids.parse("cart", body.into)
    if not proves("cart", into, body.token):
        raise Problem("not-found")
    return into
