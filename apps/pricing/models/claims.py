"""What orders have used of promotions and coupons."""

from django.db import models
from django.db.models.functions import Now

from .promotions import Coupon, Promotion


class Claim(models.Model):
    """That an order has claimed what it uses; one that was undone stays undone."""

    order = models.UUIDField(primary_key=True)
    undone = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.order)


class CouponUse(models.Model):
    """An order that uses a coupon."""

    order = models.UUIDField()
    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="uses")
    customer = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "coupon"], name="pricing_couponuse_once"),
        ]
        indexes = [models.Index(fields=["coupon", "customer"], name="pricing_couponuse_customer")]

    def __str__(self) -> str:
        return f"{self.coupon_id} in {self.order}"


class PromotionUse(models.Model):
    """What a promotion gave to an order, in minor units of the order's currency."""

    order = models.UUIDField()
    promotion = models.ForeignKey(Promotion, on_delete=models.PROTECT, related_name="uses")
    minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    customer = models.UUIDField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "promotion"], name="pricing_promotionuse_once"
            ),
        ]
        indexes = [
            models.Index(fields=["at"], name="pricing_promotionuse_at"),
            models.Index(
                fields=["promotion", "customer"],
                condition=models.Q(customer__isnull=False),
                name="pricing_promotionuse_customer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.promotion_id} in {self.order}"
