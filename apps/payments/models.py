"""Attempts to pay and what became of them; beside them the books of the test bank."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from commerce import ids
from commerce.money import Money

from .domain import Payment
from .interface import Status


class Session(models.Model):
    """An attempt to pay for a cart in one way: at most one for each number, and one an order."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    cart = models.UUIDField()
    method = models.CharField(max_length=40)
    minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    attempt = models.PositiveSmallIntegerField()
    status = models.CharField(
        max_length=16,
        choices=[(status.value, status.value) for status in Status],
        default=Status.PENDING.value,
    )
    reason = models.TextField(blank=True)  # an English sentence, translated when it is shown
    action_url = models.TextField(blank=True)
    return_url = models.TextField(blank=True)
    locale = models.CharField(max_length=16)
    order = models.UUIDField(null=True, unique=True)
    started_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cart", "method", "minor", "currency", "attempt"],
                name="payments_session_attempt",
            ),
            models.CheckConstraint(condition=Q(minor__gte=0), name="payments_not_negative"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """Its name outside, by which the provider knows it too."""
        return ids.public("pay", self.id)

    @property
    def state(self) -> Status:
        """Where it stands."""
        return Status(self.status)

    @property
    def amount(self) -> Money:
        """What is to be paid."""
        return Money(self.minor, self.currency)

    @property
    def payment(self) -> Payment:
        """What the provider is told."""
        return Payment(self.key, self.method, self.amount, self.locale)


class Entry(models.Model):
    """A line of our books: a session reached a state, once; amounts are in minor units."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="entries")
    what = models.CharField(max_length=16)
    minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "what"], name="payments_entry_once"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {Money(self.minor, self.currency).amount} {self.currency}"


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
