"""Gives money back: decided once by key and amount, then asked for until the provider answers.

A refund counts against what was captured from the moment it is decided, by one conditional change
that a CHECK stands behind: however many are asked for at once, no more goes back than came in.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext

from apps.payments import interface
from apps.payments.domain import NoAnswer, Refunded, refunded, returned
from apps.payments.events import RefundMade, RefundRefused
from apps.payments.interface import (
    OrderPayment,
    RefundDiffers,
    RefundStatus,
    RefundTooMuch,
    Status,
)
from apps.payments.models import Refund, Session
from apps.payments.providers import provider_of
from commerce.events import publish
from commerce.money import Money

from .books import enter
from .find import of_order

SILENT = timedelta(seconds=20)  # without an answer, after which a provider is asked again
MOST_AT_ONCE = 100


def payment(order: UUID) -> OrderPayment:
    """Return what became of an order's money."""
    return told(of_order(order))


def refund(order: UUID, amount: Money, key: str, why: str) -> interface.Refund:
    """Give money of an order back."""
    return shown(give_back(of_order(order), amount, key=key, why=why))


def give_back(session: Session, amount: Money, *, key: str, why: str) -> Refund:
    """Decide on a refund and ask for it; repeated, it is asked about if it is still pending."""
    if amount.minor <= 0:
        raise ValueError(f"{amount} cannot be given back")
    decided = decide(session, amount, key, why)
    pursue(decided)
    return decided


@transaction.atomic
def decide(session: Session, amount: Money, key: str, why: str) -> Refund:
    """Count a refund against what was captured; raises RefundTooMuch or RefundDiffers."""
    decided, is_new = Refund.objects.get_or_create(
        session=session, key=key, defaults={"minor": amount.minor, "why": why}
    )
    if is_new:
        count(session, amount)
    elif decided.amount != amount:
        raise RefundDiffers(session=session.pk, key=key)
    return decided


def count(session: Session, amount: Money) -> None:
    """Take an amount from what is left of a session's money; raises RefundTooMuch."""
    enough = Session.objects.filter(
        pk=session.pk,
        status=Status.CAPTURED.value,
        currency=amount.currency,
        captured_minor__gte=F("refunded_minor") + amount.minor,
    )
    if not enough.update(refunded_minor=F("refunded_minor") + amount.minor):
        session.refresh_from_db()
        raise RefundTooMuch(session=session.pk, left=told(session).left)


def pursue(refund: Refund) -> None:
    """Ask the provider for a refund that is pending; without an answer it is asked again later."""
    if refund.status != RefundStatus.PENDING.value:
        return
    session = refund.session
    try:
        answer = provider_of(session.method).refund(session.payment, refund.amount, key=refund.name)
    except NoAnswer:
        answer = Refunded(RefundStatus.PENDING)
    record(refund, answer)


def pursue_all(silent: timedelta = SILENT) -> None:
    """Ask again for the refunds that providers were silent about, longest first."""
    pending = Refund.objects.filter(
        status=RefundStatus.PENDING.value, asked_at__lte=Now() - silent
    ).select_related("session")
    for refund in pending.order_by("asked_at")[:MOST_AT_ONCE]:
        pursue(refund)


@transaction.atomic
def record(refund: Refund, answer: Refunded) -> None:
    """Write down what the provider said; a refund that was made may still come back."""
    waiting = Refund.objects.filter(pk=refund.pk, status=RefundStatus.PENDING.value)
    match answer.status:
        case RefundStatus.PENDING:
            waiting.update(asked_at=Now())
        case RefundStatus.MADE:
            if waiting.update(status=RefundStatus.MADE.value):
                made(refund)
        case RefundStatus.REFUSED:
            refuse(refund, answer.reason)
    refund.refresh_from_db()


def made(refund: Refund) -> None:
    """Book that the money has gone."""
    session = refund.session
    enter(session, "refunded", refund.minor, refunded(refund.minor), reference=refund.name)
    if session.order:
        publish(RefundMade(order=session.order, key=refund.key, amount=refund.amount))


def refuse(refund: Refund, reason: str) -> None:
    """Count a refund no longer; book what has come back."""
    session, refused = refund.session, {"status": RefundStatus.REFUSED.value, "reason": reason}
    of_it = Refund.objects.filter(pk=refund.pk)
    if of_it.filter(status=RefundStatus.MADE.value).update(**refused):
        enter(session, "returned", refund.minor, returned(refund.minor), reference=refund.name)
    elif not of_it.filter(status=RefundStatus.PENDING.value).update(**refused):
        return
    Session.objects.filter(pk=session.pk).update(refunded_minor=F("refunded_minor") - refund.minor)
    if session.order:
        publish(
            RefundRefused(order=session.order, key=refund.key, amount=refund.amount, reason=reason)
        )


def told(session: Session) -> OrderPayment:
    """Return a session's money as others see it."""
    return OrderPayment(
        session=session.pk,
        order=session.order,
        method=session.method,
        status=session.state,
        authorised=session.amount,
        captured=Money(session.captured_minor, session.currency),
        refunded=Money(session.refunded_minor, session.currency),
        refunds=tuple(shown(each) for each in session.refunds.select_related("session")),
    )


def shown(refund: Refund) -> interface.Refund:
    """Return a refund as others see it, with its reason in the shopper's language."""
    session = refund.session
    with translation.override(session.locale):
        reason = gettext(refund.reason) if refund.reason else ""
    return interface.Refund(
        id=refund.id,
        session=session.id,
        order=session.order,
        key=refund.key,
        amount=refund.amount,
        status=RefundStatus(refund.status),
        reason=reason,
    )
