"""What customers have ordered, as far as rules ask about it."""

from django.db import models


class Purchase(models.Model):
    """What an order counts for in its customer's history, in minor units of its currency."""

    order = models.UUIDField(primary_key=True)
    customer = models.UUIDField()
    version = models.PositiveIntegerField()  # of the order, when it was told
    counts = models.BooleanField()  # orders that were cancelled count for nothing
    currency = models.CharField(max_length=3)
    minor = models.PositiveBigIntegerField()  # what it cost, less what was given back

    class Meta:
        indexes = [
            models.Index(
                fields=["customer"],
                include=["currency", "minor"],
                condition=models.Q(counts=True),
                name="pricing_purchase_of",
            ),
        ]

    def __str__(self) -> str:
        return str(self.order)
