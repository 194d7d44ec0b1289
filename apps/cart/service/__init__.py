"""Carts and the goods they keep aside."""

from uuid import UUID

from apps.customers.interface import Address
from commerce.services import light

from ..interface import Cart, Contents
from ..store import Answered, Twin
from .again import extend, hold_again
from .change import Receipt
from .coupons import enter_coupon, take_coupon_out, take_coupons_out
from .details import note, patch, shipping_options
from .freeze import freeze, thaw
from .giftcards import enter_card, take_card_out, take_cards_out
from .goods import items
from .life import close, create, drop
from .lines import Held, add, remove, replace_all, set_quantity
from .merge import merge
from .places import line_up
from .show import contents, line, summary

__all__ = [
    "Answered",
    "CartService",
    "Held",
    "Receipt",
    "Twin",
    "add",
    "contents",
    "create",
    "drop",
    "enter_card",
    "enter_coupon",
    "extend",
    "freeze",
    "hold_again",
    "items",
    "line",
    "line_up",
    "merge",
    "patch",
    "remove",
    "replace_all",
    "set_quantity",
    "shipping_options",
    "summary",
    "take_card_out",
    "take_cards_out",
    "take_coupon_out",
    "take_coupons_out",
    "thaw",
]


class CartService(Cart):
    """Answers the other contexts."""

    @light
    def contents(self, *, cart: UUID) -> Contents:
        return contents(cart)

    def note(
        self, *, cart: UUID, email: str, address: Address | None, shipping: str | None
    ) -> Contents:
        return note(cart, email=email, address=address, shipping=shipping)

    @light
    def close(self, *, cart: UUID, order: UUID) -> None:
        close(cart, order)
