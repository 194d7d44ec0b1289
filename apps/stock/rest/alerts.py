"""Back-in-stock alerts: a shopper leaves an address and hears once."""

from typing import Annotated

import msgspec
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from msgspec import Meta

from commerce.rest import throttles
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem, ProblemError
from commerce.rest.shapes import Body

from ..service import alerts
from .movements import Sku


class NewAlert(Body, frozen=True):
    """Who wants to hear of which SKU, in which language."""

    sku: Sku
    email: Annotated[str, Meta(min_length=3, max_length=254)]
    locale: str = settings.LANGUAGE_CODE


class Noted(msgspec.Struct, frozen=True):
    """The SKU that somebody waits for; the answer is the same whoever waited before."""

    sku: str


@endpoint(
    "POST",
    credentials=("pk", "sk"),
    scopes=("stock:write",),
    body=NewAlert,
    idempotency="accepted",
    limit="login",
    answers={202: Noted},
    problems=("sku-unknown",),
)
def create(request: ApiRequest, *, body: NewAlert) -> Reply:
    """Remember to write once when the SKU is back.

    The address is kept until then, for at most 180 days, and for nothing else. An address waits
    for at most 20 SKUs; more are not remembered.
    """
    check(body)
    bucket = f"alert:{request.caller.bucket}"
    if seconds := throttles.wait(bucket, alerts.MOST_AN_HOUR, alerts.AN_HOUR):
        raise Problem("rate-limited", retry_after=seconds)
    try:
        alerts.subscribe(email=body.email, sku=body.sku, locale=body.locale)
    except alerts.UnknownSku:
        error = ProblemError(pointer="/sku", code="sku-unknown")
        raise Problem("sku-unknown", errors=[error]) from None
    return Reply(202, Noted(body.sku))


def check(body: NewAlert) -> None:
    """Refuse what is no address, and languages that the shop does not speak."""
    errors = []
    try:
        validate_email(body.email.strip())
    except ValidationError:
        detail = "This is not an e-mail address."
        errors.append(ProblemError(pointer="/email", code="email-invalid", detail=detail))
    if body.locale not in dict(settings.LANGUAGES):
        detail = f"The shop offers {', '.join(dict(settings.LANGUAGES))}."
        errors.append(ProblemError(pointer="/locale", code="not-offered", detail=detail))
    if errors:
        raise Problem("body-invalid", errors=errors)
