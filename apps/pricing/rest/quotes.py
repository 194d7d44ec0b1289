"""What some units would cost, with the tax in it."""

from typing import Annotated

import msgspec

from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.shapes import Amount

from ..interface import CartDraft, LineDraft, Price, QuoteLine
from ..service import PricingService
from .asking import Country, Skus, invalid, known_currency

Quantity = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,3}$")]


class Units(msgspec.Struct, kw_only=True):
    """So many units of each SKU, in the same order (one each if none is given), sent somewhere."""

    sku: Skus
    qty: tuple[Quantity, ...] = ()
    currency: str = ""
    country: Country | None = None


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
