"""An invoice or a credit note as a page to be read, printed and kept."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from commerce.money import Money

from .. import models, service
from .order import linked


@never_cache
@require_safe
def document(request: HttpRequest, order: str, number: str) -> HttpResponse:
    """Show a document to whoever has the link of its order."""
    found = linked(request, order)
    shown = values(chosen(found.id, number))
    shown["pdf"] = service.document_path(found.id, number, "order-document-pdf")
    return render(request, "orders/invoice.html", shown)


@never_cache
@require_safe
def pdf(request: HttpRequest, order: str, number: str) -> HttpResponse:
    """Send the same as a file."""
    found = chosen(linked(request, order).id, number)
    return file(service.documents_pdf([found]), f"{number}.pdf")


def file(content: bytes, name: str) -> HttpResponse:
    """Answer with a PDF."""
    place = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=place)


def chosen(order: UUID, number: str) -> models.Invoice:
    """Find a document of an order; else there is no such page."""
    for each in service.invoices_of(order):
        if each.number == number:
            return each
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
        "kind": document.kind,
        "issued_at": document.issued_at,
        "content": content,
        "lines": lines,
        "discounts": [part for part in parts if "name" in part],
        "cards": [part for part in parts if "hint" in part],
        "shipping": money(content["total"] - sum(each["total"] for each in content["lines"])),
        "tax": money(content["tax"]),
        "total": money(content["total"]),
    }
