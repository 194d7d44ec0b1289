"""Everything that can keep a cart from becoming an order, in the shopper's language."""

from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.cart.interface import GoneLine
from apps.customers.interface import FieldProblem
from apps.payments.interface import (
    AmountDiffers,
    PaymentRefused,
    PaymentUnfinished,
    UnknownSession,
)
from apps.pricing.interface import CouponRefused, GiftCardRefused, PromotionOver
from apps.pricing.interface import Refusal as Why
from apps.stock.interface import OutOfStock, Shortage
from commerce import ids
from commerce.money import Money

from ..domain import Reason

Refusal = (
    OutOfStock
    | CouponRefused
    | PromotionOver
    | GiftCardRefused
    | UnknownSession
    | PaymentRefused
    | PaymentUnfinished
    | AmountDiffers
)


def already_ordered(order: UUID | None) -> Reason:
    meta = {"order": ids.public("ord", order)} if order else {}
    return Reason("already-ordered", _("This cart has been ordered already."), "cart_id", meta)


def empty_cart() -> Reason:
    return Reason("empty-cart", _("Your cart is empty."), "items")


def no_longer_sold(line: GoneLine, name: str) -> Reason:
    text = _("%(name)s is not sold any more. Please take it out of your cart.") % {"name": name}
    meta = {"sku": line.sku, "item": ids.public("item", line.id)}
    return Reason("no-longer-sold", text, "items", meta)


def cart_changed(version: int) -> Reason:
    text = _("Your cart has changed in the meantime. Please look at it again.")
    return Reason("cart-changed", text, "cart_version", {"cart_version": version})


def price_changed(expected: Money, total: Money) -> Reason:
    text = _("The total has changed from %(before)s to %(now)s.") % {
        "before": expected.format(get_language() or "en"),
        "now": total.format(get_language() or "en"),
    }
    meta = {"expected_total": expected.to_json(), "total": total.to_json()}
    return Reason("price-changed", text, "expected_total", meta)


def hold_expired(shortage: Shortage, name: str) -> Reason:
    """Say how many are left of what was held too long, or taken by somebody else."""
    if shortage.available:
        text = _("%(name)s: only %(available)s left.")
    else:
        text = _("%(name)s is sold out.")
    words = {"name": name, "available": shortage.available}
    meta = {"sku": shortage.sku, "quantity": shortage.wanted, "available": shortage.available}
    return Reason("hold-expired", text % words, "items", meta)


def missing_email() -> Reason:
    return Reason("email-missing", _("Please tell us your e-mail address."), "email")


def bad_email(problem: FieldProblem) -> Reason:
    return Reason("email-invalid", problem.text, "email", {"reason": problem.code})


def missing_address() -> Reason:
    text = _("Please tell us where to send your order.")
    return Reason("address-missing", text, "shipping_address")


def bad_address(problem: FieldProblem) -> Reason:
    where = f"shipping_address.{problem.field}"
    return Reason("address-incomplete", problem.text, where, {"reason": problem.code})


def missing_account(names: tuple[str, ...]) -> Reason:
    """Ask for a sign-in where files are bought: they are kept for whom they belong to."""
    text = _("Please sign in: %(names)s can be downloaded by customers we know only.")
    return Reason("account-missing", text % {"names": ", ".join(names)}, "items")


def missing_shipping() -> Reason:
    text = _("Please choose how your order should be sent.")
    return Reason("shipping-missing", text, "shipping")


def missing_payment() -> Reason:
    return Reason("payment-missing", _("Please choose how to pay."), "payment_session")


def unknown_payment() -> Reason:
    text = _("This payment does not belong to your cart. Please choose again how to pay.")
    return Reason("payment-unknown", text, "payment_session")


def unfinished_payment(action_url: str | None) -> Reason:
    text = _("Your payment is not finished yet. Please confirm it first.")
    meta = {"action_url": action_url} if action_url else {}
    return Reason("payment-unfinished", text, "payment_session", meta)


def refused_payment(reason: str) -> Reason:
    text = reason or _("Your payment was refused. Please try another way to pay.")
    return Reason("payment-refused", text, "payment_session")


def other_amount(authorised: Money, due: Money) -> Reason:
    text = _("Your payment was for another total. Please choose again how to pay.")
    meta = {"authorised": authorised.to_json(), "due": due.to_json()}
    return Reason("payment-amount-differs", text, "payment_session", meta)


def coupon_refused(code: str, why: Why) -> Reason:
    """Say why a coupon that counted a moment ago counts no more."""
    match why:
        case Why.USED_UP:
            kind, text = "coupon-exhausted", _("The coupon %(code)s has just been used up.")
        case Why.USED_BY_CUSTOMER:
            kind = "coupon-used-before"
            text = _("You have used the coupon %(code)s as often as you may.")
        case Why.SIGN_IN:
            kind = "coupon-sign-in"
            text = _("The coupon %(code)s only counts for customers we know.")
        case _other:
            kind, text = "coupon-unknown", _("The coupon %(code)s is not valid any more.")
    return Reason(kind, text % {"code": code}, "coupons", {"coupon": code})


def promotion_over(promotion: str, name: str) -> Reason:
    text = _("%(name)s has just ended. Please look at the new total.") % {"name": name}
    return Reason("promotion-over", text, "coupons", {"promotion": promotion})


def card_refused() -> Reason:
    text = _("Your gift card does not hold as much any more. Please look at what is left to pay.")
    return Reason("gift-card-exhausted", text, "gift_cards")


def of_refusal(
    refusal: Refusal, names: dict[str, str], promotions: dict[str, str]
) -> tuple[Reason, ...]:
    """Say in the shopper's words what another context refused, by the names given."""
    match refusal:
        case OutOfStock():
            return tuple(
                hold_expired(shortage, names.get(shortage.sku, shortage.sku))
                for shortage in refusal.shortages
            )
        case CouponRefused():
            return (coupon_refused(refusal.code, refusal.refusal),)
        case PromotionOver():
            name = promotions.get(refusal.promotion, refusal.promotion)
            return (promotion_over(refusal.promotion, name),)
        case GiftCardRefused():
            return (card_refused(),)
        case UnknownSession():
            return (unknown_payment(),)
        case PaymentRefused():
            return (refused_payment(refusal.reason),)
        case PaymentUnfinished():
            return (unfinished_payment(refusal.action_url),)
        case AmountDiffers():
            return (other_amount(refusal.authorised, refusal.due),)
