"""What comes from the far side: notices of providers, and the books of the test bank."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from .sessions import Session


class ProviderNotice(models.Model):
    """Something a provider has said by itself, once, however often it was said."""

    provider = models.CharField(max_length=40)
    event = models.CharField(max_length=200)
    kind = models.CharField(max_length=100)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="notices")
    heard_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "event"], name="payments_notice_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event}"


class BankEntry(models.Model):
    """A line of the test bank's books, which stand for the far side and know nothing of ours.

    Their own rules are constraints: a key counts once, a payment is decided once and ends once.
    """

    class What(models.TextChoices):
        """What can happen to a payment at the bank."""

        CHALLENGE = "challenge"
        AUTHORISATION = "authorisation"
        REFUSAL = "refusal"
        CAPTURE = "capture"
        VOID = "void"
        REFUND = "refund"

    key = models.CharField(max_length=80, unique=True)
    payment = models.CharField(max_length=40)
    what = models.CharField(max_length=16, choices=What.choices)
    minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "bank entries"
        indexes = [models.Index(fields=["payment"], name="payments_bankentry_payment")]
        constraints = [
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(what__in=["authorisation", "refusal"]),
                name="payments_bank_decides_once",
            ),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(what__in=["capture", "void"]),
                name="payments_bank_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment} {self.what}"
