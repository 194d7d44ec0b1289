"""Where payment providers say that something has happened."""

from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem, register

from ..domain import Forged
from ..service import UnknownProvider, take_notice

register(
    "webhook-forged",
    status=400,
    title="The notice is not the provider's",
    text="The signature does not fit these bytes, is older than five minutes, or was made with"
    " another secret. Nothing was changed.",
)


@endpoint(
    "POST",
    credentials=("public",),
    limit="webhook",
    answers={204: None},
    problems=("webhook-forged",),
)
def hear(request: ApiRequest, provider: str) -> Reply:
    """Take note that something has happened to a payment; the provider is asked what.

    What counts is the provider's signature over the very bytes of the body.
    """
    try:
        take_notice(provider, request.body, request.headers)
    except UnknownProvider:
        raise Problem("not-found") from None
    except Forged:
        raise Problem("webhook-forged") from None
    return Reply(204)
