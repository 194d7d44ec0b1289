"""What may be asked of prices, and how a question is refused."""

from typing import Annotated

import msgspec
from django.conf import settings

from commerce.rest.problems import Problem, ProblemError
from commerce.settled import settled

Sku = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
Skus = Annotated[tuple[Sku, ...], msgspec.Meta(min_length=1, max_length=100)]
Country = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$")]


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
