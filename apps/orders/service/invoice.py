"""Writes invoices, credit notes and debit notes: the number and the document in one transaction.

So a number exists if and only if its document does, whoever dies in between.
"""

from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localtime

from commerce import clock

from ..interface import RefundState
from ..models import Invoice, Order, Refund
from .archive import archived_invoices
from .content import credit_content, debit_content, invoice_content

NEXT = """
INSERT INTO orders_invoiceseries AS series (name, last) VALUES (%s, 1)
ON CONFLICT (name) DO UPDATE SET last = series.last + 1 RETURNING last
"""
SERIES = {"invoice": "INV", "credit-note": "CN", "debit-note": "DN"}


def invoice(*, order: UUID) -> str:
    """Write the invoice of an order, once; returns its number."""
    if known := Invoice.objects.filter(order=order, refund__isnull=True).first():
        return known.number
    found = Order.objects.prefetch_related("lines").get(pk=order)
    return written(Invoice(order=found, content=invoice_content(found)))


def document_refunds(*, order: UUID) -> None:
    """Write what is missing of the documents of an order's refunds; the invoice comes first.

    What was made needs a credit note, and what came back after that a debit note.
    """
    for refund in Refund.objects.filter(order=order).exclude(state=RefundState.DUE.value):
        last = refund.documents.order_by("place").last()
        credited = last is not None and last.kind == "credit-note"
        if credited is not (refund.state == RefundState.MADE.value):
            document_refund(refund, last)


def document_refund(refund: Refund, last: Invoice | None) -> None:
    """Write the document that comes after a refund's last one."""
    order = Order.objects.prefetch_related("lines").get(pk=refund.order_id)
    invoiced, place = invoice(order=order.pk), last.place + 1 if last else 1
    if place % 2:
        content = credit_content(order, refund, invoiced)
    else:
        assert last is not None
        content = debit_content(last)
    written(Invoice(order=order, refund=refund, place=place, content=content))


def written(document: Invoice) -> str:
    """Take the next number of the year together with the document."""
    same = {"order": document.order, "refund": document.refund, "place": document.place}
    try:
        with transaction.atomic():
            document.number = next_number(SERIES[document.kind])
            document.save(force_insert=True)
            return document.number
    except IntegrityError:  # a twin was faster; the number it would have had is free again
        return Invoice.objects.get(**same).number


def next_number(kind: str) -> str:
    """Take the next number of this year's series, inside the caller's transaction."""
    series = f"{kind}-{localtime(clock.now()).year}"
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [series])
        return f"{series}-{cursor.fetchone()[0]:06}"


def invoices_of(order: UUID) -> list[Invoice]:
    """List an order's documents, the oldest first."""
    return list(Invoice.objects.filter(order=order)) or archived_invoices(order)


def documents_of(orders: list[UUID]) -> list[Invoice]:
    """List the documents of several orders, those of one together."""
    return list(Invoice.objects.filter(order__in=orders).order_by("order_id", "issued_at", "id"))
