"""Takes the money of a placed order, once, and only from an order that is not being cancelled."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from apps.payments.interface import PaymentRefused, payments
from apps.payments.interface import Status as Paid
from commerce.events import publish
from commerce.money import Money
from commerce.postgres import ask

from ..events import OrderPaid, RefundDue
from ..interface import Payment, RefundState, Status
from ..models import Order, Refund
from .bill import bill
from .change import change_all, note
from .confirm import WORKER
from .intents import ON_DISK

BEGIN = f"""
WITH disk AS ({ON_DISK})
UPDATE orders_order SET payment = 'capturing' FROM disk
WHERE id = ANY(%s::uuid[]) AND status = 'placed' AND payment IN ('secured', 'capturing')
RETURNING id
"""

LACKING = Q(payment=Payment.AWAITED.value) | Q(captured__gt=0)  # a merchant can get the rest


class NotYetCaptured(Exception):
    """The provider has not said yes or no; ask again later."""


class NotAwaited(Exception):
    """The order does not wait for money that somebody could have received."""


def capture(orders: Iterable[UUID]) -> None:
    """Take the money where the method is paid at once; repeated, nothing is taken twice.

    While the provider is asked an order cannot be cancelled. A provider that will not pay leaves
    the order placed, for the merchant to decide: what was accepted is never refused.
    """
    if taken := [order for order in begin(orders) if is_taken(order)]:
        paid(taken, actor=WORKER)


def begin(orders: Iterable[UUID]) -> list[UUID]:
    """Say that money may move from now on; also of orders of which an earlier attempt said so."""
    return [order for (order,) in ask(BEGIN, list(orders))]


def is_taken(order: UUID) -> bool:
    """Have the money taken; if none has moved, say why."""
    try:
        session = payments.capture(order=order)
    except PaymentRefused as refusal:
        end(order, Payment.REFUSED, what="payment refused", why=refusal.reason)
        return False
    match session.status:
        case Paid.CAPTURED if session.captured and session.captured < session.amount:
            take_part(order, session.captured, session.amount)
            return False
        case Paid.AUTHORISED:
            end(order, Payment.AWAITED, what="payment awaited", why=session.method)
        case Paid.REFUSED | Paid.VOIDED:
            end(order, Payment.REFUSED, what="payment refused", why=session.reason)
        case Paid.PENDING | Paid.ACTION_REQUIRED:
            raise NotYetCaptured(session.status.value)
    return session.status is Paid.CAPTURED


def end(order: UUID, payment: Payment, *, what: str, why: str, taken: int = 0) -> None:
    """Say that the money is not there, or not all of it, and why."""
    with transaction.atomic():
        moving = Order.objects.filter(pk=order, payment=Payment.CAPTURING.value)
        if moving.update(payment=payment.value, captured=taken, version=F("version") + 1):
            note(order, actor=WORKER, what=what, why=why)


@transaction.atomic
def paid(orders: Iterable[UUID], *, actor: str, why: str = "") -> list[UUID]:
    """Say that the money is there, write the invoices, and have given back what was decided on.

    Refunds that were decided before wait for this; they are announced again.
    """
    terms: Any = {"fact": OrderPaid, "actor": actor, "why": why, "payment": Payment.CAPTURED}
    moved = change_all(dict.fromkeys(orders), Status.PLACED, Status.PAID, **terms)
    if moved:
        bill(moved)
        tell_again(moved)
    return moved


def tell_again(orders: Iterable[UUID]) -> None:
    """Announce refunds that were decided before the money was there."""
    refunds = Refund.objects.filter(order__in=orders, state=RefundState.DUE.value)
    if due := [RefundDue(order=each.order_id, refund=each.pk) for each in refunds]:
        publish(*due)


def take_part(order: UUID, captured: Money, due: Money) -> None:
    """Say that less than is due was taken: the merchant gets the rest, or cancels."""
    why = f"{captured.amount} of {due.amount} {due.currency}"
    end(order, Payment.REFUSED, what="payment taken in part", why=why, taken=captured.minor)


def mark_paid(*, order: UUID, actor: str, why: str) -> None:
    """Say that a merchant has received the money of an order paid later, or the rest of it.

    Raises NotAwaited.
    """
    if not Order.objects.filter(LACKING, pk=order, status=Status.PLACED.value).exists():
        raise NotAwaited
    payments.settle(order=order)
    if not paid([order], actor=actor, why=why):
        raise NotAwaited
