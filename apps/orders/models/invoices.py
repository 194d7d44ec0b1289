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
    """A document with everything on it as it was; a credit note is one for a refund.

    The database refuses to change or delete it.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="invoices")
    refund = models.OneToOneField(
        Refund, on_delete=models.PROTECT, related_name="credit_note", null=True
    )
    number = models.CharField(max_length=32, unique=True)
    content = models.JSONField()
    issued_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["issued_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(refund__isnull=True), name="orders_invoice_once"
            )
        ]

    def __str__(self) -> str:
        return self.number
