"""What things cost as merchants keep it: prices, taxes, ways of sending, promotions and coupons."""

from .giftcards import GiftCardAdmin
from .offers import CouponAdmin, PromotionAdmin
from .prices import PriceAdmin, ShippingOptionAdmin, TaxRateAdmin

__all__ = [
    "CouponAdmin",
    "GiftCardAdmin",
    "PriceAdmin",
    "PromotionAdmin",
    "ShippingOptionAdmin",
    "TaxRateAdmin",
]
