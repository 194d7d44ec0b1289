"""What things cost, what of it is tax, and what sending them costs."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

COUNTRY = RegexValidator(r"^[A-Z]{2}\Z", "Use a country code of two capital letters, as in FR.")
CURRENCY = RegexValidator(r"^[A-Z]{3}\Z", "Use a currency code of three capital letters: EUR.")
CODE = RegexValidator(r"^[a-z][a-z0-9-]*\Z", "Use small letters, digits and hyphens.")


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


class ShippingOption(models.Model):
    """A way to send goods to some countries, taking so many working days."""

    code = models.CharField(max_length=40, unique=True, validators=[CODE])
    name = models.JSONField(help_text='By language: {"en": "Standard", "fr": "Standard"}.')
    countries = ArrayField(models.CharField(max_length=2, validators=[COUNTRY]))
    earliest = models.PositiveSmallIntegerField("earliest working day")
    latest = models.PositiveSmallIntegerField("latest working day")
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(latest__gte=F("earliest")), name="pricing_shipping_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return str(self.name.get(get_language() or "en", self.code))


class ShippingPrice(models.Model):
    """What a way of sending costs in a currency, in minor units; free from a subtotal on."""

    option = models.ForeignKey(ShippingOption, on_delete=models.CASCADE, related_name="prices")
    currency = models.CharField(max_length=3, validators=[CURRENCY])
    minor = models.PositiveBigIntegerField()
    free_from_minor = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["option", "currency"], name="pricing_shippingprice_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.option_id} in {self.currency}"
