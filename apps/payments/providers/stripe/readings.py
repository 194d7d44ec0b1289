"""Reads from what Stripe answers how a payment and its refunds stand."""

import stripe
from django.utils.translation import gettext_noop

from apps.payments.domain import Answer, Refunded, Standing
from apps.payments.interface import RefundStatus, Status
from commerce.money import Money

UNFINISHED = gettext_noop("The payment was not finished. Please try again.")
STANDS = {
    "requires_capture": Status.AUTHORISED,
    "succeeded": Status.CAPTURED,
    "canceled": Status.VOIDED,
    "processing": Status.PENDING,
}
REFUNDS = {
    "succeeded": RefundStatus.MADE,
    "failed": RefundStatus.REFUSED,
    "canceled": RefundStatus.REFUSED,
}


def stand_of_page(page: stripe.checkout.Session) -> Answer:
    """Read how a payment stands from its page."""
    match page.status:
        case "open":
            return Answer(Status.ACTION_REQUIRED, action_url=page.url or "", reference=page.id)
        case "expired":
            return Answer(Status.REFUSED, UNFINISHED, reference=page.id)
    held = page.payment_intent
    return stand(None if isinstance(held, str) else held)


def stand(intent: stripe.PaymentIntent | None) -> Answer:
    """Read how a payment stands from what holds the money."""
    if intent is None:
        return Answer(Status.PENDING)
    status = STANDS.get(intent.status, Status.PENDING)
    taken = Money(intent.amount_received, intent.currency.upper())
    return Answer(
        status, reference=intent.id, captured=taken if status is Status.CAPTURED else None
    )


def stand_of_refund(refund: stripe.Refund) -> Refunded:
    """Read how a refund stands."""
    status = REFUNDS.get(refund.status or "", RefundStatus.PENDING)
    return Refunded(status, getattr(refund, "failure_reason", None) or "")


def ours(refund: stripe.Refund) -> str:
    """Return our name of a refund; empty if it was made at Stripe."""
    given = refund.metadata
    return given["refund"] if given and "refund" in given else ""


def standing(intent: stripe.PaymentIntent) -> Standing:
    """Read what was taken and given back; without a name of ours it is told by Stripe's."""
    currency, charge = intent.currency.upper(), intent.latest_charge
    given = charge.amount_refunded if isinstance(charge, stripe.Charge) else 0
    named = intent.metadata
    payment = named["payment"] if named and "payment" in named else intent.id
    return Standing(payment, Money(intent.amount_received, currency), Money(given, currency))
