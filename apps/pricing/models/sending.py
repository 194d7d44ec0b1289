"""What sending costs."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from .fields import CODE, COUNTRY, CURRENCY


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
