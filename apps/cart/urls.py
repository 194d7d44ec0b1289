"""Where carts are filled."""

from django.urls import include, path

from . import views
from .views import coupons, elsewhere, giftcards, line

api = [path("api/cart/v1/", include("apps.cart.rest"))]
pages = [
    path("cart/", views.show, name="cart"),
    path("cart/summary", views.summary, name="cart-summary"),
    path("cart/add", views.add, name="cart-add"),
    path("cart/extend", views.extend, name="cart-extend"),
    path("cart/hold", views.hold_again, name="cart-hold"),
    path("cart/items/<str:item>/change", views.change, name="cart-change"),
    path("cart/items/<str:item>/remove", views.remove, name="cart-remove"),
    path("cart/coupons", coupons.enter, name="cart-coupons-enter"),
    path("cart/coupons/remove", coupons.take_out, name="cart-coupons-remove"),
    path("cart/gift-cards", giftcards.enter, name="cart-cards-enter"),
    path("cart/gift-cards/<str:card>/remove", giftcards.take_out, name="cart-cards-remove"),
    path("cart/elsewhere", elsewhere.offer, name="cart-offer"),
    path("cart/elsewhere/<str:ticket>", elsewhere.show, name="cart-elsewhere"),
    path("cart/elsewhere/<str:ticket>/take", elsewhere.take, name="cart-take"),
    path("line/", line.show, name="line"),
    path("line/join", line.join, name="line-join"),
    path("currency", views.currency, name="currency"),
]
