"""Carts over the API: every change keeps goods aside, and answers with the moment until when."""

from django.urls import path

from commerce.rest.endpoint import resource

from . import carts, coupons, freezing, giftcards, holds, items, merging, places, shipping

urlpatterns = [
    path("carts", carts.create, name="cart-carts"),
    path("carts/<str:cart>", resource(carts.show, carts.change, carts.drop), name="cart-cart"),
    path("carts/<str:cart>/items", resource(items.add, items.replace_all), name="cart-items"),
    path(
        "carts/<str:cart>/items/<str:item>",
        resource(items.change, items.remove),
        name="cart-item",
    ),
    path(
        "carts/<str:cart>/coupons",
        resource(coupons.enter, coupons.clear),
        name="cart-coupons",
    ),
    path("carts/<str:cart>/coupons/<str:code>", coupons.take_out, name="cart-coupon"),
    path(
        "carts/<str:cart>/gift-cards",
        resource(giftcards.enter, giftcards.clear),
        name="cart-gift-cards",
    ),
    path("carts/<str:cart>/gift-cards/<str:card>", giftcards.take_out, name="cart-gift-card"),
    path("carts/<str:cart>/freeze", resource(freezing.freeze, freezing.thaw), name="cart-freeze"),
    path("carts/<str:cart>/merge", merging.merge, name="cart-merge"),
    path("carts/<str:cart>/holds", holds.again, name="cart-holds"),
    path("carts/<str:cart>/holds/extend", holds.extend, name="cart-holds-extend"),
    path("carts/<str:cart>/places", places.take, name="cart-places"),
    path("carts/<str:cart>/shipping-options", shipping.options, name="cart-shipping-options"),
    path("carts/<str:cart>/shipping", shipping.choose, name="cart-shipping"),
    path("shopper", carts.shopper, name="cart-shopper"),
]
