"""What prices were."""

from django.db import models


class PriceChange(models.Model):
    """That a price of one unit was set, or removed (no amount); the database writes it down."""

    sku = models.CharField(max_length=255)
    currency = models.CharField(max_length=3)
    list_id = models.BigIntegerField(null=True)
    minor = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["sku", "currency", "at"], name="pricing_pricechange_of")]

    def __str__(self) -> str:
        return f"{self.sku} at {self.at}"
