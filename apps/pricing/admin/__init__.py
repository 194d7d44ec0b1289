"""What things cost as merchants keep it: prices, taxes, ways of sending, promotions and coupons."""

from .batches import BatchAdmin
from .giftcards import GiftCardAdmin
from .offers import CouponAdmin, PromotionAdmin
from .prices import PriceAdmin, ShippingOptionAdmin, TaxRateAdmin
from .shelves import CatalogPromotionAdmin, PriceListAdmin

__all__ = [
    "BatchAdmin",
    "CatalogPromotionAdmin",
    "CouponAdmin",
    "GiftCardAdmin",
    "PriceAdmin",
    "PriceListAdmin",
    "PromotionAdmin",
    "ShippingOptionAdmin",
    "TaxRateAdmin",
]
