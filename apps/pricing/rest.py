"""Prices for shop fronts: what a page shows now, and what some units would cost."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import path
from django.utils import translation

from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem, ProblemError
from commerce.rest.shapes import Amount

from .interface import CartDraft, LineDraft, Price, QuoteLine
from .service import PricingService
from .service.live import for_strangers, offers
from .views import place, shown

Sku = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
Skus = Annotated[tuple[Sku, ...], msgspec.Meta(min_length=1, max_length=100)]
Quantity = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,3}$")]
Country = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$")]


class Wanted(msgspec.Struct, kw_only=True):
    """Which SKUs, in which currency (the shop's own if none is given), for which reader."""

    sku: Skus
    currency: str = ""
    locale: str = settings.LANGUAGE_CODE


class Units(msgspec.Struct, kw_only=True):
    """So many units of each SKU, in the same order (one each if none is given), sent somewhere."""

    sku: Skus
    qty: tuple[Quantity, ...] = ()
    currency: str = ""
    country: Country | None = None


class Shown(Amount, frozen=True):
    """An amount with the way a reader expects to see it."""

    formatted: str


class Availability(msgspec.Struct):
    """`in-stock`, `low`, `sold-out`, or `unknown` while stock is silent; the same in words.

    `coming` goods can be had from `starts_at` on; carts can line up for the SKU in `line` before.
    `free` is null where nobody counts, and where nobody can say or the shop does not.
    """

    state: str
    free: int | None
    text: str
    starts_at: datetime | None
    line: str | None


class Offer(msgspec.Struct):
    """What a page shows of a SKU; `before` is the struck-out price of a reduced one."""

    sku: str
    price: Shown
    before: Shown | None
    availability: Availability


class Offers(msgspec.Struct):
    """Everything that is on offer under the SKUs asked for; unknown ones are absent."""

    data: list[Offer]


class Line(msgspec.Struct):
    """A priced line; `tax` is the part of `total` that is tax at `tax_rate` per cent."""

    sku: str
    quantity: int
    unit: Amount
    before: Amount | None
    total: Amount
    tax: Amount
    tax_rate: str


class Lines(msgspec.Struct):
    """A line for each SKU that has a price in the currency."""

    data: list[Line]


@endpoint("GET", credentials=("pk", "sk"), query=Wanted, cache=1, answers={200: Offers})
def live(request: ApiRequest, *, query: Wanted) -> Reply:
    """Return price and availability of everything on a page, in one call.

    The shop decides whether shop fronts see how many are left, only if few, or not at all.
    """
    currency, locale = known_currency(query.currency), known_locale(query.locale)
    ask = offers if request.caller.credential == "sk" else for_strangers
    with translation.override(locale):
        return Reply(body={"data": [shown(offer, locale) for offer in ask(query.sku, currency)]})


@endpoint("GET", credentials=("public",), query=Wanted, cache=1)
def places(request: ApiRequest, *, query: Wanted) -> Reply:
    """Fill the places that the shop's own pages leave for prices: HTML by SKU."""
    currency, locale = known_currency(query.currency), known_locale(query.locale)
    with translation.override(locale):
        found = for_strangers(query.sku, currency)
        filled = {offer.price.sku: written(place(offer, locale)) for offer in found}
        return Reply(body={sku: filled.get(sku) or written({"offer": None}) for sku in query.sku})


def written(values: dict[str, Any]) -> str:
    """Write what stands in the place of a SKU, with a script to send its form."""
    return render_to_string("pricing/offer.html", values | {"scripted": True}).strip()


@endpoint("GET", credentials=("pk", "sk"), query=Units, cache=1, answers={200: Lines})
def quotes(request: ApiRequest, *, query: Units) -> Reply:
    """Return what some units of each SKU cost, with the tax in it; unknown SKUs are absent."""
    currency, quantities = known_currency(query.currency), query.qty or ("1",) * len(query.sku)
    if len(quantities) != len(query.sku):
        raise invalid("qty", "wrong-count", "Give one quantity for each SKU, or none at all.")
    prices = PricingService().prices(skus=query.sku, currency=currency)
    asked = zip(query.sku, quantities, strict=True)
    lines = tuple(LineDraft(sku, int(quantity)) for sku, quantity in asked if sku in prices)
    quote = PricingService().quote(cart=CartDraft(currency, lines, query.country))
    return Reply(body=Lines([quoted(line, prices[line.sku]) for line in quote.lines]))


def quoted(line: QuoteLine, price: Price) -> Line:
    """Write a priced line as the API does."""
    return Line(
        sku=line.sku,
        quantity=line.quantity,
        unit=Amount.of(line.unit),
        before=Amount.of(price.before) if price.before else None,
        total=Amount.of(line.total),
        tax=Amount.of(line.tax),
        tax_rate=line.tax_rate,
    )


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


urlpatterns = [
    path("live", live, name="pricing-live-api"),
    path("quotes", quotes, name="pricing-quotes"),
]
