"""What may be asked of prices, and how a question is refused."""

from typing import Annotated

import msgspec
from django.conf import settings

from commerce.rest.problems import Problem, ProblemError

Sku = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
Skus = Annotated[tuple[Sku, ...], msgspec.Meta(min_length=1, max_length=100)]
Country = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$")]


def known_currency(code: str) -> str:
    """Return a currency the shop sells in, its first one if none is asked for."""
    if code and code not in settings.CURRENCIES:
        known = ", ".join(settings.CURRENCIES)
        raise invalid("currency", "unknown-currency", f"The shop sells in {known}.")
    return code or str(settings.CURRENCIES[0])


def known_locale(code: str) -> str:
    """Return a language the shop speaks."""
    if code not in dict(settings.LANGUAGES):
        known = ", ".join(dict(settings.LANGUAGES))
        raise invalid("locale", "unknown-locale", f"The shop speaks {known}.")
    return code


def invalid(parameter: str, code: str, detail: str) -> Problem:
    """Refuse a query parameter."""
    error = ProblemError(parameter=parameter, code=code, detail=detail)
    return Problem("query-invalid", errors=[error])
