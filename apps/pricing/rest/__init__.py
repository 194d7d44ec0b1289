"""Prices for shop fronts and partners."""

from django.urls import path

from . import carts
from .live import live, places
from .quotes import quotes

__all__ = ["places"]

urlpatterns = [
    path("cart-quotes", carts.create, name="pricing-cart-quotes"),
    path("live", live, name="pricing-live-api"),
    path("quotes", quotes, name="pricing-quotes"),
]
