"""Prices for shop fronts and partners."""

from django.urls import path

from commerce.rest.endpoint import resource

from . import carts, coupons, prices, promotions
from .live import live, own_places, places
from .quotes import quotes

__all__ = ["own_places", "places"]

urlpatterns = [
    path("cart-quotes", carts.create, name="pricing-cart-quotes"),
    path("live", live, name="pricing-live-api"),
    path("quotes", quotes, name="pricing-quotes"),
    path("prices", prices.listed, name="pricing-prices"),
    path("prices:bulk", prices.set_many, name="pricing-prices-bulk"),
    path(
        "prices/<int:price>",
        resource(prices.show, prices.change, prices.drop),
        name="pricing-price",
    ),
    path("promotions", resource(promotions.listed, promotions.create), name="pricing-promotions"),
    path(
        "promotions/<slug:key>",
        resource(promotions.show, promotions.change),
        name="pricing-promotion",
    ),
    path("promotions/<slug:key>/activate", promotions.activate, name="pricing-activate"),
    path("promotions/<slug:key>/end", promotions.end, name="pricing-end"),
    path(
        "promotions/<slug:key>/coupons",
        resource(coupons.listed, coupons.create),
        name="pricing-coupons",
    ),
    path("promotions/<slug:key>/coupons:bulk", coupons.create_many, name="pricing-coupons-bulk"),
    path("coupons/<str:code>", resource(coupons.show, coupons.drop), name="pricing-coupon"),
]
