"""Hears what providers say by themselves, and asks them what is true.

A notice is only a reason to ask: so it does not matter in which order notices come, how often, or
whether one comes at all.
"""

from collections.abc import Mapping
from uuid import UUID

import structlog
from django.db import transaction

from apps.payments.domain import Answer, Given, Notice
from apps.payments.events import ProviderSpoke
from apps.payments.interface import RefundDiffers, RefundStatus, RefundTooMuch, Status
from apps.payments.models import ProviderNotice, Refund, Session
from apps.payments.providers import provider_of, providers
from commerce import ids
from commerce.events import publish

from .hear import insist
from .refund import decide
from .refund import record as record_refund

log = structlog.get_logger("halles.payments")


class UnknownProvider(Exception):
    """The shop has no provider of this name."""


def take_notice(provider: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Keep what a provider says; raises UnknownProvider, or Forged if it was somebody else."""
    speaking = next((each for each in providers() if each.name == provider), None)
    if speaking is None:
        raise UnknownProvider
    keep(provider, speaking.hear(body, headers))


@transaction.atomic
def keep(provider: str, notice: Notice) -> None:
    """Keep a notice about one of our payments, and have it acted on, once."""
    session = named(notice.payment)
    if session is None:
        return
    _, is_new = ProviderNotice.objects.get_or_create(
        provider=provider, event=notice.id, defaults={"kind": notice.kind[:100], "session": session}
    )
    if is_new:
        publish(ProviderSpoke(session=session.pk))


def named(payment: str) -> Session | None:
    """Find the session that a provider names by our key."""
    try:
        return Session.objects.filter(pk=ids.parse("pay", payment)).first()
    except ids.UnknownId:
        return None


def learn(session: UUID) -> None:
    """Write down how a payment and its refunds stand at the provider."""
    row = Session.objects.get(pk=session)
    provider = provider_of(row.method)
    insist(row, lambda payment: provider.find(payment) or Answer(Status.PENDING))
    if row.state is Status.CAPTURED:
        for given in provider.refunds(row.payment):
            learn_refund(row, given)


def learn_refund(session: Session, given: Given) -> None:
    """Write down a refund, also one that was made at the provider and not here."""
    refund = known(session, given) or adopted(session, given)
    if refund:
        record_refund(refund, given.stands)


def known(session: Session, given: Given) -> Refund | None:
    """Find the refund that a provider names by our key."""
    try:
        return session.refunds.filter(pk=ids.parse("ref", given.key)).first()
    except ids.UnknownId:
        return None


def adopted(session: Session, given: Given) -> Refund | None:
    """Take over a refund that was made at the provider; the nightly look tells what cannot be."""
    if given.stands.status is RefundStatus.REFUSED:
        return None
    try:
        return decide(session, given.amount, f"provider:{given.id}", "")
    except (RefundTooMuch, RefundDiffers):
        log.error("refund at the provider is not ours", session=session.key, refund=given.id)
        return None
