"""Money that was paid or granted beforehand: gift cards, and the credit that customers have."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from commerce import ids

from .fields import CURRENCY


class GiftCard(models.Model):
    """What is left of an amount, in minor units; who knows the code may spend it.

    Of the code only its digest is kept, and its end, by which people tell cards apart. Store credit
    has no code and belongs to a customer. Claims alone move the balance.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    digest = models.CharField(max_length=64, null=True, unique=True, editable=False)
    hint = models.CharField(_("end of the code"), max_length=4, blank=True, editable=False)
    currency = models.CharField(max_length=3, validators=[CURRENCY])
    issued_minor = models.PositiveBigIntegerField(_("issued"))
    balance_minor = models.PositiveBigIntegerField(_("left"), editable=False)
    customer = models.UUIDField(null=True, blank=True, help_text=_("Whose alone it is."))
    is_live = models.BooleanField(_("live"), default=True)
    until = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    issued_at = models.DateTimeField(_("issued at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("gift card")
        verbose_name_plural = _("gift cards")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(issued_minor__gt=0), name="pricing_giftcard_is_worth_something"
            ),
            models.CheckConstraint(
                condition=Q(balance_minor__gte=0, balance_minor__lte=F("issued_minor")),
                name="pricing_giftcard_within_balance",
            ),
            models.CheckConstraint(
                condition=Q(digest__isnull=False, customer__isnull=True)
                | Q(digest__isnull=True, customer__isnull=False),
                name="pricing_giftcard_code_or_customer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["customer"],
                condition=Q(customer__isnull=False),
                name="pricing_giftcard_customer",
            )
        ]

    def __str__(self) -> str:
        return f"…{self.hint}" if self.hint else str(self.id)


class GiftCardUse(models.Model):
    """What an order has taken from a card, in minor units of the card's currency."""

    order = models.UUIDField()
    card = models.ForeignKey(GiftCard, on_delete=models.PROTECT, related_name="uses")
    minor = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "card"], name="pricing_giftcarduse_once"),
            models.CheckConstraint(
                condition=Q(minor__gt=0), name="pricing_giftcarduse_takes_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card_id} in {self.order}"


class GiftCardReturn(models.Model):
    """What was put back on a card for an order that goes on, once for each key."""

    order = models.UUIDField()
    key = models.CharField(max_length=64)
    card = models.ForeignKey(GiftCard, on_delete=models.PROTECT, related_name="returns")
    minor = models.PositiveBigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "key", "card"], name="pricing_giftcardreturn_once"
            ),
            models.CheckConstraint(
                condition=Q(minor__gt=0), name="pricing_giftcardreturn_gives_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card_id} of {self.order}"
