"""What catalogue promotions take off prices on the shelf."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .fields import CODE, CURRENCY

CHANGES = ("percent", "fixed_minor", "new_price_minor")


def names(what: Any) -> "ArrayField[list[str], list[str]]":
    """A list of names, of which none means all."""
    return ArrayField(models.CharField(max_length=255), verbose_name=what, default=list, blank=True)


class CatalogPromotion(models.Model):
    """Reduces shelf prices for a time: a new price first, then an amount off, then per cents."""

    key = models.CharField(_("key"), max_length=60, unique=True, validators=[CODE])
    name = models.CharField(_("name"), max_length=120)
    is_live = models.BooleanField(_("live"), default=False)
    priority = models.IntegerField(_("priority"), default=0, help_text=_("The highest goes first."))
    exclusive = models.BooleanField(_("exclusive"), default=False, help_text=_("Applies alone."))
    since = models.DateTimeField(_("since"), null=True, blank=True)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    currency = models.CharField(
        _("currency"),
        max_length=3,
        blank=True,
        validators=[CURRENCY],
        help_text=_("Empty: every currency."),
    )
    percent = models.DecimalField(
        _("per cent off"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    fixed_minor = models.PositiveBigIntegerField(null=True, blank=True)
    new_price_minor = models.PositiveBigIntegerField(null=True, blank=True)
    skus = names("SKUs")
    products = names(_("products"))
    categories = names(_("categories"))
    channels = names(_("channels"))
    groups = names(_("customer groups"))

    class Meta:
        verbose_name = _("catalogue promotion")
        verbose_name_plural = _("catalogue promotions")
        constraints = [
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gt=F("since")),
                name="pricing_catalogpromotion_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=False)
                | Q(fixed_minor__isnull=False)
                | Q(new_price_minor__isnull=False),
                name="pricing_catalogpromotion_changes",
            ),
            models.CheckConstraint(
                condition=~Q(currency="")
                | Q(fixed_minor__isnull=True, new_price_minor__isnull=True),
                name="pricing_catalogpromotion_amounts_have_currency",
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__gte=0, percent__lte=100),
                name="pricing_catalogpromotion_per_cent",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse what changes nothing, an amount of no currency, or a period without length."""
        if self.since and self.until and self.until <= self.since:
            raise ValidationError({"until": _("It ends before it starts.")})
        if all(getattr(self, change) is None for change in CHANGES):
            raise ValidationError(_("Say what it takes off, or the new price."))
        amounts = (self.fixed_minor, self.new_price_minor)
        if not self.currency and any(each is not None for each in amounts):
            raise ValidationError({"currency": _("An amount needs a currency.")})
