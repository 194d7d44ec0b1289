"""What things cost, what of it is tax, what sending costs, and what promotions take off."""

from .claims import Claim, CouponUse, PromotionUse
from .prices import Price, TaxRate
from .promotions import Batch, Coupon, Promotion
from .sending import ShippingOption, ShippingPrice

__all__ = [
    "Batch",
    "Claim",
    "Coupon",
    "CouponUse",
    "Price",
    "Promotion",
    "PromotionUse",
    "ShippingOption",
    "ShippingPrice",
    "TaxRate",
]
