"""An invoice or a credit note as a page to be read, printed and kept."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from commerce.money import Money

from .. import models, service
from . import linked


@never_cache
@require_safe
def document(request: HttpRequest, order: str, number: str) -> HttpResponse:
    """Show a document to whoever has the link of its order."""
    found = linked(request, order)
    for each in service.invoices_of(found.id):
        if each.number == number:
            return render(request, "orders/invoice.html", values(each))
    raise Http404


def values(document: models.Invoice) -> dict[str, Any]:
    """Give the template plain values, with amounts as money."""
    content: dict[str, Any] = document.content

    def money(minor: int) -> Money:
        return Money(minor, content["currency"])

    lines = [
        line | {"unit": money(line["unit"]), "total": money(line["total"])}
        for line in content["lines"]
    ]
    parts = [
        part | {"amount": money(part["minor"])}
        for part in (*content.get("discounts", ()), *content.get("cards", ()))
    ]
    return {
        "number": document.number,
        "credit": document.refund_id is not None,
        "issued_at": document.issued_at,
        "content": content,
        "lines": lines,
        "discounts": [part for part in parts if "name" in part],
        "cards": [part for part in parts if "hint" in part],
        "shipping": money(content.get("shipping", 0)),
        "tax": money(content["tax"]),
        "total": money(content["total"]),
    }
