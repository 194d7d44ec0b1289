"""What may be asked of prices, and how a question is refused."""

from typing import Annotated
from uuid import UUID

import msgspec
from django.conf import settings

from commerce import ids
from commerce.rest.endpoint import ApiRequest
from commerce.rest.problems import Problem, ProblemError
from commerce.settled import settled

from ..interface import Audience

Sku = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
Skus = Annotated[tuple[Sku, ...], msgspec.Meta(min_length=1, max_length=100)]
Name = Annotated[str, msgspec.Meta(max_length=60)]
Country = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$")]
CUSTOMER_ID = "A customer's id begins with cus_."
FOR_FEW = "Prices of groups and customers are told to secret keys."


class Viewed(msgspec.Struct, kw_only=True):
    """For whom prices are asked: a channel, and with a secret key also groups or a customer."""

    channel: Name = ""
    group: tuple[Name, ...] = ()
    customer: str = ""


def audience(request: ApiRequest, query: Viewed) -> Audience:
    """Return who is to see the prices: a customer his own, and shop fronts those of everybody."""
    if (query.group or query.customer) and request.caller.credential != "sk":
        parameter = "group" if query.group else "customer"
        raise invalid(parameter, "secret-key-needed", FOR_FEW)
    if request.caller.customer:
        return Audience(query.channel, request.caller.groups, request.caller.customer)
    try:
        return Audience(query.channel, query.group, customer_id(query.customer))
    except ids.UnknownId:
        raise invalid("customer", "invalid-value", CUSTOMER_ID) from None


def customer_id(text: str) -> UUID | None:
    """Read a customer's id, if one is told; raises UnknownId."""
    return ids.parse("cus", text) if text else None


def privacy(audience: Audience) -> dict[str, str]:
    """Keep caches from what is made for few."""
    few = audience.groups or audience.customer
    return {"Cache-Control": "private, no-store"} if few else {}


def known_currency(code: str) -> str:
    """Return a currency the shop sells in, its first one if none is asked for."""
    known = currencies()
    if code and code not in known:
        told = ", ".join(known)
        raise invalid("currency", "unknown-currency", f"The shop sells in {told}.")
    return code or known[0]


@settled
def currencies() -> tuple[str, ...]:
    """The currencies the shop sells in, its own first."""
    return tuple(settings.CURRENCIES)


def known_locale(code: str) -> str:
    """Return a language the shop speaks."""
    if code not in languages():
        known = ", ".join(languages())
        raise invalid("locale", "unknown-locale", f"The shop speaks {known}.")
    return code


@settled
def languages() -> tuple[str, ...]:
    """The languages the shop speaks."""
    return tuple(dict(settings.LANGUAGES))


def invalid(parameter: str, code: str, detail: str) -> Problem:
    """Refuse a query parameter."""
    error = ProblemError(parameter=parameter, code=code, detail=detail)
    return Problem("query-invalid", errors=[error])
