"""Promotions and coupons as tests put them on the counter."""

from apps.pricing.models import Coupon, Promotion

TENTH = {"kind": "order-percent", "percent": "10"}


def promote(key="sale", *effects, conditions=(), **more):
    """Start a promotion; without effects it takes ten per cent off."""
    terms = {"conditions": list(conditions), "effects": list(effects) or [TENTH]}
    words = {"name": key.title(), "is_live": True, "terms": terms}
    return Promotion.objects.create(key=key, **words | more)


def coupon(code="SPRING", by=None, **more):
    """Issue a coupon, for a promotion of its own unless another is told."""
    return Coupon.objects.create(code=code, promotion=by or promote(by_coupon=True), **more)
