"""What things cost as merchants keep it: prices, taxes, ways of sending, promotions and coupons."""

from .batches import BatchAdmin
from .giftcards import GiftCardAdmin
from .offers import CouponAdmin, PromotionAdmin
from .prices import ExchangeRateAdmin, PriceAdmin, ShippingOptionAdmin, TaxRateAdmin
from .shelves import CatalogPromotionAdmin, PriceListAdmin

__all__ = [
    "BatchAdmin",
    "CatalogPromotionAdmin",
    "CouponAdmin",
    "ExchangeRateAdmin",
    "GiftCardAdmin",
    "PriceAdmin",
    "PriceListAdmin",
    "PromotionAdmin",
    "ShippingOptionAdmin",
    "TaxRateAdmin",
]
