"""What a cart refuses, in the shopper's words."""

import math

from django.utils.translation import gettext, ngettext

from apps.pricing.interface import Refusal, UnknownGiftCard
from apps.stock.interface import HoldLimit, LapsedTooOften, OutOfStock

from ..domain import (
    EmptyCard,
    Frozen,
    GuessedTooOften,
    OtherMoney,
    TooMuch,
    TooOften,
    UnknownSku,
)


def reason(refusal: Exception) -> str:
    """Put a refusal in the shopper's words."""
    match refusal:
        case OutOfStock(shortages=(first, *_)) if first.available > 0:
            words = {"available": first.available}
            return (
                ngettext(
                    "Only %(available)d is left that could be yours.",
                    "Only %(available)d are left that could be yours.",
                    first.available,
                )
                % words
            )
        case OutOfStock():
            return gettext("This is sold out for now.")
        case HoldLimit():
            return gettext("So much of this is in other carts of yours, or near you, already.")
        case LapsedTooOften():
            return gettext("It waited for you in vain several times. Please try again in an hour.")
        case TooMuch():
            return too_much(refusal)
        case TooOften():
            return too_often(refusal)
        case Frozen():
            return gettext("The cart is being paid for elsewhere. Please wait a few minutes.")
        case UnknownSku():
            return gettext("This is not on offer any more.")
    return gettext("The cart could not be changed. Please try again.")


def too_much(refusal: TooMuch) -> str:
    """Say how much there may be of what."""
    match refusal.what:
        case "lines":
            words = gettext("A cart holds up to %(most)d different things.")
        case "gift cards":
            words = gettext("Up to %(most)d gift cards can pay for a cart.")
        case _units:
            words = gettext("A cart holds up to %(most)d of one thing.")
    return words % {"most": refusal.most}


def no_card(refusal: UnknownGiftCard | EmptyCard | OtherMoney) -> str:
    """Say why a gift card cannot pay."""
    match refusal:
        case EmptyCard():
            return gettext("Nothing is left on this gift card.")
        case OtherMoney():
            words = {"currency": refusal.currency}
            return gettext("This gift card pays for carts in %(currency)s only.") % words
    return gettext("There is no such gift card, or it cannot be spent now.")


def too_often(refusal: TooOften) -> str:
    """Say when it is worth another try."""
    if not isinstance(refusal, GuessedTooOften):
        return gettext("That was a lot at once. Please wait a moment and try again.")
    minutes = math.ceil(refusal.wait / 60)
    return (
        ngettext(
            "Too many wrong codes. Please try again in %d minute.",
            "Too many wrong codes. Please try again in %d minutes.",
            minutes,
        )
        % minutes
    )


def why(refusal: Refusal) -> str:
    """Say why a coupon gives nothing."""
    match refusal:
        case Refusal.USED_UP:
            return gettext("This coupon has been used up.")
        case Refusal.USED_BY_CUSTOMER:
            return gettext("You have used this coupon as often as you may.")
        case Refusal.SIGN_IN:
            return gettext("This coupon only counts for customers we know.")
        case Refusal.NOT_FOR_THIS_CART:
            return gettext("This coupon does not fit what is in your cart.")
        case Refusal.REPLACED:
            return gettext("Another coupon took its place.")
    return gettext("There is no such coupon, or it is not valid now.")
