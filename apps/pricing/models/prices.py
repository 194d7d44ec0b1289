"""What goods cost, and what of it is tax."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from .fields import CODE, COUNTRY, CURRENCY


class Price(models.Model):
    """The price of one unit with tax, in minor units (cents); `before` is struck out beside it."""

    sku = models.CharField("SKU", max_length=255)
    currency = models.CharField(max_length=3, validators=[CURRENCY])
    minor = models.BigIntegerField()
    before_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sku", "currency"], name="pricing_price_once"),
            models.CheckConstraint(condition=Q(minor__gte=0), name="pricing_price_not_negative"),
            models.CheckConstraint(
                condition=Q(before_minor__isnull=True) | Q(before_minor__gt=F("minor")),
                name="pricing_before_is_more",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} in {self.currency}"


class TaxRate(models.Model):
    """So many per cent of tax on a class of goods sent to a country, from a day on."""

    tax_class = models.CharField(max_length=40, default="standard", validators=[CODE])
    country = models.CharField(max_length=2, validators=[COUNTRY])
    percent = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    since = models.DateField()
    source = models.CharField(max_length=200, blank=True, help_text="Where the rate is published.")

    class Meta:
        ordering = ["country", "tax_class", "-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["country", "tax_class", "since"], name="pricing_taxrate_once"
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100), name="pricing_taxrate_per_cent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.tax_class} {self.percent}%"
