"""Coupons of a cart. Only those are kept that count, so that a cart is no place to keep guesses."""

from uuid import UUID

from msgspec.structs import replace

from apps.pricing.interface import CouponRefused

from ..domain import Document
from . import guesses
from .change import make
from .show import quoted


def enter_coupon(cart: UUID, code: str) -> Document:
    """Enter a coupon, or say why it gives this cart nothing.

    Raises CouponRefused, and GuessedTooOften for somebody who has guessed a lot.
    """
    code = code.strip().upper()

    def entered(document: Document) -> Document:
        after = document.with_coupon(code)
        check(after, code)
        return after

    with guesses.counted(cart):
        return make(cart, entered).document


def take_coupon_out(cart: UUID, code: str) -> Document:
    """Take a coupon out; one that is not there is no reason to complain."""
    return make(cart, lambda document: document.without_coupon(code.strip().upper())).document


def take_coupons_out(cart: UUID) -> Document:
    """Take every coupon out."""
    return make(cart, lambda document: replace(document, coupons=())).document


def check(document: Document, code: str) -> None:
    """Refuse a coupon that gives a cart nothing."""
    _, quote = quoted(document)
    for answer in quote.coupons:
        if answer.code == code and answer.refusal:
            raise CouponRefused(code=code, refusal=answer.refusal)
