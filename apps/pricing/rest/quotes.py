"""What some units would cost, with the tax in it."""

from typing import Annotated

import msgspec

from commerce.money import Money
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.shapes import Amount

from ..interface import CartDraft, LineDraft, QuoteLine
from ..service.quotes import lines
from .asking import Country, Skus, Viewed, audience, invalid, known_currency, privacy

Quantity = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,3}$")]


class Units(Viewed, kw_only=True):
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


@endpoint(
    "GET",
    credentials=("cu", "sk", "pk"),
    query=Units,
    cache=1,
    light=True,
    answers={200: Lines},
)
def quotes(request: ApiRequest, *, query: Units) -> Reply:
    """Return what some units of each SKU cost, with the tax in it; unknown SKUs are absent."""
    currency, quantities = known_currency(query.currency), query.qty or ("1",) * len(query.sku)
    if len(quantities) != len(query.sku):
        raise invalid("qty", "wrong-count", "Give one quantity for each SKU, or none at all.")
    seen_by = audience(request, query)
    draft = CartDraft(
        currency,
        tuple(LineDraft(sku, int(q)) for sku, q in zip(query.sku, quantities, strict=True)),
        query.country,
        customer=seen_by.customer,
        channel=seen_by.channel,
        groups=seen_by.groups,
    )
    told = [quoted(line, before) for line, before in lines(draft)]
    return Reply(body=Lines(told), headers=privacy(seen_by))


def quoted(line: QuoteLine, before: Money | None) -> Line:
    """Write a priced line as the API does."""
    return Line(
        sku=line.sku,
        quantity=line.quantity,
        unit=Amount.of(line.unit),
        before=Amount.of(before) if before else None,
        total=Amount.of(line.total),
        tax=Amount.of(line.tax),
        tax_rate=line.tax_rate,
    )
