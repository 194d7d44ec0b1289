"""Invoices and credit notes over the API."""

from datetime import datetime
from typing import Any

import msgspec
from django.urls import path

from commerce.money import Money
from commerce.rest.endpoint import ApiRequest, Reply, endpoint

from .. import models, service
from . import bodies
from .acting import own_order
from .bodies import Page, Price


class InvoiceLine(msgspec.Struct, frozen=True, kw_only=True):
    """So many units, what one costs, and what all of them cost after discounts."""

    sku: str
    name: str
    quantity: int
    unit: Price
    total: Price
    tax_rate: str


class InvoiceBody(msgspec.Struct, frozen=True, kw_only=True):
    """A document as it was written; `invoice` is what a credit note is for.

    A debit note says that a credit note, which it `takes_back`, does not count any more.
    """

    number: str
    kind: str
    issued_at: datetime
    order: str
    invoice: str | None
    takes_back: str | None
    items: list[InvoiceLine]
    tax: Price
    total: Price


class Invoices(msgspec.Struct, frozen=True):
    """An order's documents, the oldest first."""

    data: list[InvoiceBody]
    page: Page = Page()


@endpoint("GET", credentials=("cu", "ct", "sk"), scopes=("orders:read",), answers={200: Invoices})
def listed(request: ApiRequest, order: str) -> Reply:
    """List an order's invoice and credit notes; none of them ever changes."""
    found = service.invoices_of(own_order(request, order).id)
    return Reply(200, Invoices([body(each) for each in found]))


def body(document: models.Invoice) -> InvoiceBody:
    """Write a document."""
    content: dict[str, Any] = document.content

    def price(minor: int) -> Price:
        return bodies.price(Money(minor, content["currency"]))

    return InvoiceBody(
        number=document.number,
        kind=document.kind,
        issued_at=document.issued_at,
        order=content["order"],
        invoice=content.get("invoice"),
        takes_back=content.get("takes_back"),
        items=[
            InvoiceLine(
                sku=line["sku"],
                name=line["name"],
                quantity=line["quantity"],
                unit=price(line["unit"]),
                total=price(line["total"]),
                tax_rate=line["tax_rate"],
            )
            for line in content["lines"]
        ],
        tax=price(content["tax"]),
        total=price(content["total"]),
    )


urlpatterns = [path("orders/<str:order>/invoices", listed, name="orders-invoices")]
