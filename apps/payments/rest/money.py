"""What partners do with a payment: take its money, give it up, give it back."""

from typing import Annotated
from uuid import UUID, uuid5

import msgspec

from commerce import ids
from commerce.money import Money
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem, ProblemError, register
from commerce.rest.shapes import Amount, Body

from ..interface import (
    AmountDiffers,
    OrderPayment,
    PaymentRefused,
    Refund,
    RefundDiffers,
    RefundTooMuch,
    UnknownSession,
)
from ..service import money

register(
    "payment-not-possible",
    status=409,
    title="The payment is not in a state for this",
    text="The money was given up, was never promised, or belongs to no order yet. Nothing was"
    " moved. Fetch the payment to see how it stands.",
)
register(
    "capture-too-much",
    status=409,
    title="More than was authorised",
    text="`amount` is more than the payment authorises, or in another currency. Nothing was moved;"
    " `errors` says how much it authorises.",
)
register(
    "refund-too-much",
    status=409,
    title="More than is left of what was taken",
    text="Refunds never exceed what was taken for the order. Nothing was moved; `errors` says how"
    " much is left.",
)

READ, WRITE = ("payments:read",), ("payments:write",)
KEYS = UUID("0193b4a2-52c1-7d0e-8f11-6a4f0c9d2e55")  # where names of refunds come from
Why = Annotated[str, msgspec.Meta(max_length=500)]


class Part(Body, frozen=True):
    """How much to take: all of it unless told."""

    amount: Amount | None = None


class GiveBack(Body, frozen=True):
    """How much to give back, and why."""

    amount: Amount
    reason: Why = ""


class ShownRefund(msgspec.Struct, frozen=True, kw_only=True):
    """Money given back; `pending` until the provider has said that it was made."""

    id: str
    payment_id: str
    status: str
    amount: Amount
    reason: str | None


class ShownPayment(msgspec.Struct, frozen=True, kw_only=True):
    """A payment's money; `refunded` counts refunds that are pending, too."""

    id: str
    order_id: str | None
    method: str
    status: str
    authorised: Amount
    captured: Amount
    refunded: Amount
    refunds: list[ShownRefund]


@endpoint("GET", credentials=("sk",), scopes=READ, answers={200: ShownPayment})
def show(request: ApiRequest, payment: str) -> Reply:
    """Show what was authorised, taken and given back."""
    return Reply(body=shown(found(payment)))


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=WRITE,
    body=Part,
    idempotency="natural",
    answers={200: ShownPayment},
    problems=("payment-not-possible", "capture-too-much"),
)
def capture(request: ApiRequest, payment: str, *, body: Part) -> Reply:
    """Take the money of a payment's order, or a part of it and give up the rest.

    An order's money is taken once: repeated, what was taken first is shown.
    """
    session = known(payment)
    wanted = positive(body.amount) if body.amount else None
    try:
        money.capture(session, wanted)
    except AmountDiffers as differing:
        raise because("capture-too-much", authorised=differing.authorised) from None
    except (PaymentRefused, money.WithoutOrder):
        raise Problem("payment-not-possible") from None
    return Reply(body=shown(found(payment)))


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=WRITE,
    idempotency="natural",
    answers={200: ShownPayment},
    problems=("payment-not-possible",),
)
def void(request: ApiRequest, payment: str) -> Reply:
    """Give up money that was set aside and not taken."""
    try:
        money.void(known(payment))
    except money.NotGivenUp:
        raise Problem("payment-not-possible") from None
    return Reply(body=shown(found(payment)))


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=WRITE,
    body=GiveBack,
    idempotency="natural",
    answers={201: ShownRefund},
    problems=("refund-too-much", "idempotency-mismatch"),
)
def refund(request: ApiRequest, payment: str, *, body: GiveBack) -> Reply:
    """Give money back, never more than was taken; the same Idempotency-Key is the same refund."""
    key = uuid5(KEYS, f"{request.caller.owner} {request.headers['Idempotency-Key']}")
    try:
        made = money.refund(
            known(payment), positive(body.amount), key=f"api:{key}", why=body.reason
        )
    except RefundTooMuch as refusal:
        raise because("refund-too-much", left=refusal.left) from None
    except RefundDiffers:
        raise Problem("idempotency-mismatch") from None
    return Reply(201, shown_refund(made))


def known(text: str) -> UUID:
    """Read the name of a payment."""
    session = ids.parse("pay", text)
    found(text)
    return session


def found(text: str) -> OrderPayment:
    """Return the payment of a name."""
    try:
        return money.payment(ids.parse("pay", text))
    except UnknownSession:
        raise Problem("not-found") from None


def positive(amount: Amount) -> Money:
    """Read an amount that moves something."""
    wanted = amount.money("/amount")
    if wanted.minor <= 0:
        error = ProblemError(
            pointer="/amount/amount", code="invalid-value", detail="More than nothing, please."
        )
        raise Problem("body-invalid", errors=[error])
    return wanted


def because(code: str, **amounts: Money) -> Problem:
    """Refuse an amount, with the one that would do."""
    meta = {name: amount.to_json() for name, amount in amounts.items()}
    return Problem(code, errors=[ProblemError(pointer="/amount", code=code, meta=meta)])


def shown(payment: OrderPayment) -> ShownPayment:
    """Write a payment."""
    return ShownPayment(
        id=ids.public("pay", payment.session),
        order_id=ids.public("ord", payment.order) if payment.order else None,
        method=payment.method,
        status=payment.status.value,
        authorised=Amount.of(payment.authorised),
        captured=Amount.of(payment.captured),
        refunded=Amount.of(payment.refunded),
        refunds=[shown_refund(each) for each in payment.refunds],
    )


def shown_refund(refund: Refund) -> ShownRefund:
    """Write a refund."""
    return ShownRefund(
        id=ids.public("ref", refund.id),
        payment_id=ids.public("pay", refund.session),
        status=refund.status.value,
        amount=Amount.of(refund.amount),
        reason=refund.reason or None,
    )
