"""Attempts to pay for carts, and what was given back of their money."""

from urllib.parse import urljoin

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from commerce import ids
from commerce.money import Money

from ..domain import Payment, coming_back
from ..interface import RefundStatus, Status


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
    reference = models.CharField(max_length=120, blank=True, db_default="")  # the provider's
    locale = models.CharField(max_length=16)
    order = models.UUIDField(null=True, unique=True)
    captured_minor = models.BigIntegerField(db_default=0)
    refunded_minor = models.BigIntegerField(db_default=0)  # made, or about to be
    started_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cart", "method", "minor", "currency", "attempt"],
                name="payments_session_attempt",
            ),
            models.CheckConstraint(condition=Q(minor__gte=0), name="payments_not_negative"),
            models.CheckConstraint(
                condition=Q(
                    refunded_minor__gte=0,
                    captured_minor__gte=F("refunded_minor"),
                    minor__gte=F("captured_minor"),
                ),
                name="payments_refunds_within_captures",
            ),
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
        return Payment(
            self.key,
            self.method,
            self.amount,
            self.locale,
            reference=self.reference,
            back=coming_back(urljoin(f"{settings.SHOP_URL}/", self.return_url), self.key),
            title=settings.SHOP_NAME,
        )


class Refund(models.Model):
    """Money given back, under the caller's key; the session's `refunded_minor` counts it at once.

    A refund that the provider refuses is counted no longer.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=120)
    minor = models.BigIntegerField()
    status = models.CharField(
        max_length=16,
        choices=[(status.value, status.value) for status in RefundStatus],
        default=RefundStatus.PENDING.value,
    )
    why = models.TextField(blank=True)  # the merchant's reason
    reason = models.TextField(blank=True)  # the provider's, for refusing
    begun_at = models.DateTimeField(db_default=Now())
    asked_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "key"], name="payments_refund_once"),
            models.CheckConstraint(condition=Q(minor__gt=0), name="payments_refund_is_something"),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=Q(status=RefundStatus.PENDING.value),
                name="payments_refund_pending",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Its name outside, by which the provider knows it too."""
        return ids.public("ref", self.id)

    @property
    def amount(self) -> Money:
        """What is given back."""
        return Money(self.minor, self.session.currency)
