"""What things cost, what of it is tax, what sending costs, and what promotions take off."""

from .claims import Claim, CouponUse, PromotionUse
from .giftcards import GiftCard, GiftCardReturn, GiftCardUse
from .history import PriceChange
from .prices import ExchangeRate, Price, PriceList, TaxRate
from .promotions import Batch, Coupon, Promotion
from .purchases import Purchase
from .reductions import CatalogPromotion
from .sending import ShippingOption, ShippingPrice

__all__ = [
    "Batch",
    "CatalogPromotion",
    "Claim",
    "Coupon",
    "CouponUse",
    "ExchangeRate",
    "GiftCard",
    "GiftCardReturn",
    "GiftCardUse",
    "Price",
    "PriceChange",
    "PriceList",
    "Promotion",
    "PromotionUse",
    "Purchase",
    "ShippingOption",
    "ShippingPrice",
    "TaxRate",
]
