"""Writes invoices and credit notes: the number and the document in one transaction.

So a number exists if and only if its document does, whoever dies in between.
"""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localtime

from commerce import clock

from ..interface import RefundState
from ..models import Invoice, Line, Order, Refund
from .archive import archived_invoices
from .count import lines_of

NEXT = """
INSERT INTO orders_invoiceseries AS series (name, last) VALUES (%s, 1)
ON CONFLICT (name) DO UPDATE SET last = series.last + 1 RETURNING last
"""
INVOICE, CREDIT_NOTE = "INV", "CN"


def invoice(*, order: UUID) -> str:
    """Write the invoice of an order, once; returns its number."""
    if known := Invoice.objects.filter(order=order, refund__isnull=True).first():
        return known.number
    found = Order.objects.prefetch_related("lines").get(pk=order)
    return written(INVOICE, found, None, invoice_content(found))


def credit_note(*, refund: UUID) -> str:
    """Write the credit note of a refund that was made, once; the invoice comes first."""
    if known := Invoice.objects.filter(refund=refund).first():
        return known.number
    found = Refund.objects.select_related("order").get(pk=refund)
    invoiced = invoice(order=found.order_id)
    return written(CREDIT_NOTE, found.order, found, credit_content(found, invoiced))


def credit_notes(*, order: UUID) -> None:
    """Write the credit notes of all refunds of an order that were made."""
    made = Refund.objects.filter(order=order, state=RefundState.MADE.value)
    for refund in made.filter(credit_note__isnull=True):
        credit_note(refund=refund.pk)


def written(kind: str, order: Order, refund: Refund | None, content: dict[str, Any]) -> str:
    """Take the next number of the year together with the document."""
    try:
        with transaction.atomic():
            number = next_number(kind)
            Invoice.objects.create(order=order, refund=refund, number=number, content=content)
            return number
    except IntegrityError:  # a twin was faster; the number it would have had is free again
        return Invoice.objects.get(order=order, refund=refund).number


def next_number(kind: str) -> str:
    """Take the next number of this year's series, inside the caller's transaction."""
    series = f"{kind}-{localtime(clock.now()).year}"
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [series])
        return f"{series}-{cursor.fetchone()[0]:06}"


def invoice_content(order: Order) -> dict[str, Any]:
    """Freeze what was bought, at which prices and taxes."""
    lines = [line_content(line, line.quantity, line.total) for line in order.lines.all()]
    off = sum(each["minor"] for each in order.discounts)
    before = sum(line.unit * line.quantity for line in order.lines.all())
    return head(order, lines) | {
        "discounts": [{"name": each["name"], "minor": each["minor"]} for each in order.discounts],
        "shipping": order.grand + off - before,
        "tax": order.tax,
        "total": order.grand,
        "cards": [{"hint": each["hint"], "minor": each["minor"]} for each in order.cards],
    }


def credit_content(refund: Refund, invoiced: str) -> dict[str, Any]:
    """Freeze what is given back, and for which invoice."""
    lines = lines_of(refund.order_id)
    credited = [line_content(lines[at], many, minor) for at, many, minor in refund.credits]
    tax = sum(
        round(lines[at].tax * minor / lines[at].total) for at, _, minor in refund.credits if minor
    )
    return head(refund.order, credited) | {
        "invoice": invoiced,
        "why": refund.why,
        "tax": tax,
        "total": refund.minor,
    }


def head(order: Order, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Freeze for whom a document is, and about what."""
    return {
        "order": order.number,
        "ordered": order.accepted_at.date().isoformat() if order.accepted_at else "",
        "email": order.email,
        "address": order.address,
        "locale": order.locale,
        "currency": order.currency,
        "lines": lines,
    }


def line_content(line: Line, units: int, total: int) -> dict[str, Any]:
    """Freeze so many units of a line, which cost so much after discounts."""
    return {
        "sku": line.sku,
        "name": line.name,
        "options": line.options,
        "quantity": units,
        "unit": line.unit,
        "total": total,
        "tax_rate": line.tax_rate,
    }


def invoices_of(order: UUID) -> list[Invoice]:
    """List an order's documents, the oldest first."""
    return list(Invoice.objects.filter(order=order)) or archived_invoices(order)
