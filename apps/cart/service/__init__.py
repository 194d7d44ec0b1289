"""Carts and the goods they keep aside."""

from uuid import UUID

from apps.customers.interface import Address, Shopper
from commerce.services import light

from ..interface import Cart, Contents, UnknownCart
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
from .members import Live, begin, is_of, live, owner
from .merge import merge
from .places import line_up
from .show import contents, line, summary

__all__ = [
    "Answered",
    "CartService",
    "Held",
    "Live",
    "Receipt",
    "Twin",
    "add",
    "begin",
    "contents",
    "create",
    "drop",
    "enter_card",
    "enter_coupon",
    "extend",
    "freeze",
    "hold_again",
    "is_of",
    "items",
    "line",
    "line_up",
    "live",
    "merge",
    "owner",
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

    @light
    def owner(self, *, cart: UUID) -> UUID | None:
        return owner(cart)

    def live(self, *, shopper: Shopper, guest: UUID | None) -> UUID:
        found = live(shopper, guest).cart
        if found is None:
            raise UnknownCart(cart=guest or shopper.cart or shopper.id)
        return found

    def note(
        self, *, cart: UUID, email: str, address: Address | None, shipping: str | None
    ) -> Contents:
        return note(cart, email=email, address=address, shipping=shipping)

    @light
    def close(self, *, cart: UUID, order: UUID) -> None:
        close(cart, order)
