"""Coupons as a merchant hands them out."""

from django.apps import apps

TENTH = {"kind": "order-percent", "percent": "10"}


def coupon(code="SPRING", *effects, conditions=(), by=None, **more):
    """Issue a coupon for a promotion of its own; without effects it takes ten per cent off."""
    promotion = by or promote(code.lower(), *effects, conditions=conditions, by_coupon=True)
    return apps.get_model("pricing", "Coupon").objects.create(
        code=code, promotion=promotion, **more
    )


def promote(key="sale", *effects, conditions=(), **more):
    """Start a promotion."""
    terms = {"conditions": list(conditions), "effects": list(effects) or [TENTH]}
    words = {"name": key.title(), "is_live": True, "terms": terms}
    return apps.get_model("pricing", "Promotion").objects.create(key=key, **words | more)
