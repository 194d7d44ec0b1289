"""Takes the money of a placed order, once, and only from an order that is not being cancelled."""

from uuid import UUID

from django.db import transaction
from django.db.models import F

from apps.payments.interface import PaymentRefused, payments
from apps.payments.interface import Status as Paid
from commerce.events import publish

from ..events import OrderPaid
from ..interface import Payment, Status
from ..models import Order
from .change import change, note
from .confirm import WORKER


class NotYetCaptured(Exception):
    """The provider has not said yes or no; ask again later."""


class NotAwaited(Exception):
    """The order does not wait for money that somebody could have received."""


def capture(*, order: UUID) -> None:
    """Take the money where the method is paid at once; repeated, nothing is taken twice.

    While the provider is asked the order cannot be cancelled. A provider that will not pay leaves
    the order placed, for the merchant to decide: what was accepted is never refused.
    """
    if not begin(order):
        return
    try:
        session = payments.capture(order=order)
    except PaymentRefused as refusal:
        end(order, Payment.REFUSED, what="payment refused", why=refusal.reason)
        return
    match session.status:
        case Paid.CAPTURED:
            paid(order, actor=WORKER)
        case Paid.AUTHORISED:
            end(order, Payment.AWAITED, what="payment awaited", why=session.method)
        case Paid.REFUSED | Paid.VOIDED:
            end(order, Payment.REFUSED, what="payment refused", why=session.reason)
        case Paid.PENDING | Paid.ACTION_REQUIRED:
            raise NotYetCaptured(session.status.value)


def begin(order: UUID) -> bool:
    """Say that money may move from now on; True also when an earlier attempt said so."""
    states = [Payment.SECURED.value, Payment.CAPTURING.value]
    free = Order.objects.filter(pk=order, status=Status.PLACED.value, payment__in=states)
    return bool(free.update(payment=Payment.CAPTURING.value))


def end(order: UUID, payment: Payment, *, what: str, why: str) -> None:
    """Say that no money has moved, and why."""
    with transaction.atomic():
        moving = Order.objects.filter(pk=order, payment=Payment.CAPTURING.value)
        if moving.update(payment=payment.value, version=F("version") + 1):
            note(order, actor=WORKER, what=what, why=why)


def paid(order: UUID, *, actor: str, why: str = "") -> bool:
    """Say that the money is there."""
    with transaction.atomic():
        step = (Status.PLACED, Status.PAID)
        changed = change(order, *step, actor=actor, why=why, payment=Payment.CAPTURED.value)
        if changed:
            publish(OrderPaid(order=order))
    return changed


def mark_paid(*, order: UUID, actor: str, why: str) -> None:
    """Say that a merchant has received the money of an order paid later; raises NotAwaited."""
    awaited = {"status": Status.PLACED.value, "payment": Payment.AWAITED.value}
    if not Order.objects.filter(pk=order, **awaited).exists():
        raise NotAwaited
    payments.settle(order=order)
    if not paid(order, actor=actor, why=why):
        raise NotAwaited
