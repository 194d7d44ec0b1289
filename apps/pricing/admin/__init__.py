"""What things cost as merchants keep it: prices, taxes, ways of sending, promotions and coupons."""

from .batches import BatchAdmin
from .giftcards import GiftCardAdmin
from .offers import CouponAdmin, PromotionAdmin
from .prices import PriceAdmin, ShippingOptionAdmin, TaxRateAdmin

__all__ = [
    "BatchAdmin",
    "CouponAdmin",
    "GiftCardAdmin",
    "PriceAdmin",
    "PromotionAdmin",
    "ShippingOptionAdmin",
    "TaxRateAdmin",
]
