"""What things cost as merchants keep it: prices, taxes, ways of sending, promotions and coupons."""

from .batches import BatchAdmin
from .offers import CouponAdmin, PromotionAdmin
from .prices import PriceAdmin, ShippingOptionAdmin, TaxRateAdmin

__all__ = [
    "BatchAdmin",
    "CouponAdmin",
    "PriceAdmin",
    "PromotionAdmin",
    "ShippingOptionAdmin",
    "TaxRateAdmin",
]
