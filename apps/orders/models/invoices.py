"""Invoices and credit notes: numbered without a gap, and never changed."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from commerce import ids

from .order import Order
from .refunds import Refund


class InvoiceSeries(models.Model):
    """The last number given in a series; its row is locked until the document is there, too."""

    name = models.CharField(primary_key=True, max_length=16)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.name}-{self.last:06}"


class Invoice(models.Model):
    """A document with everything on it as it was; the database refuses to change or delete it.

    A refund's first document is its credit note. When the provider sends the money back the second
    one, a debit note, takes it back; should it be made after all, a credit note is the third.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="invoices")
    refund = models.ForeignKey(
        Refund, on_delete=models.PROTECT, related_name="documents", null=True, db_index=False
    )
    place = models.PositiveSmallIntegerField(default=1, db_default=1)  # among those of its refund
    number = models.CharField(max_length=32, unique=True)
    content = models.JSONField()
    issued_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["issued_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(refund__isnull=True), name="orders_invoice_once"
            ),
            models.UniqueConstraint(fields=["refund", "place"], name="orders_document_place"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def kind(self) -> str:
        """What sort of document it is."""
        if self.refund_id is None:
            return "invoice"
        return "credit-note" if self.place % 2 else "debit-note"
