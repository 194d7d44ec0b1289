"""Compares the books of providers with ours, every day.

Where they differ the provider is asked once more and our books follow; what differs still is kept,
shown to the merchant, and counted for alarms until it is gone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db.models import Q, Sum
from django.db.models.functions import Now

from apps.payments.domain import NoAnswer, Standing
from apps.payments.interface import RefundStatus, Status
from apps.payments.models import Difference, Reconciliation, Session
from apps.payments.providers import Provider, providers
from commerce import clock
from commerce.money import Money
from commerce.services import ServiceUnavailable

from .learn import learn, named
from .metrics import DIFFERENCES

DAYS = 8  # as long as cards hold money back, and one more
HOUR = 3  # of the day, UTC, when few buy
ABANDONED = timedelta(hours=1)  # after which a look that never ended is begun again
log = structlog.get_logger("halles.payments")


@dataclass(frozen=True)
class Gap:
    """An amount of a payment that is another over there."""

    payment: str
    what: str
    ours: Money
    theirs: Money


def reconcile_due() -> None:
    """Look at the books of each provider once a day; one who does not answer is asked again."""
    if clock.now().hour < HOUR:
        return
    for provider in providers():
        look = begin(provider)
        if look is None:
            continue
        try:
            reconcile(provider, look)
        except (NoAnswer, ServiceUnavailable) as silence:
            log.warning("not reconciled", provider=provider.name, cause=str(silence))


def reconcile_now() -> Iterator[tuple[str, int, list[Gap]]]:
    """Look at the books of each provider, whenever that was done; gives how many payments, too."""
    for provider in providers():
        look, _ = Reconciliation.objects.get_or_create(
            provider=provider.name, day=clock.now().date()
        )
        gaps = reconcile(provider, look)
        look.refresh_from_db()
        yield provider.name, look.payments, gaps


def begin(provider: Provider) -> Reconciliation | None:
    """Take today's look for oneself, unless it was taken or is over."""
    look, is_new = Reconciliation.objects.get_or_create(
        provider=provider.name, day=clock.now().date()
    )
    if is_new:
        return look
    waiting = Reconciliation.objects.filter(
        pk=look.pk, ended_at__isnull=True, begun_at__lt=Now() - ABANDONED
    )
    return look if waiting.update(begun_at=Now()) else None


def reconcile(provider: Provider, look: Reconciliation) -> list[Gap]:
    """Compare all that happened in the last days; gives what differs."""
    since = clock.now() - timedelta(days=DAYS)
    seen: set[str] = set()
    gaps = [
        gap for theirs in everything(provider, since) for gap in compared(theirs, provider, seen)
    ]
    keep(provider, seen, gaps)
    Reconciliation.objects.filter(pk=look.pk).update(
        ended_at=Now(), payments=len(seen), differences=len(gaps)
    )
    DIFFERENCES.labels(provider.name).set(len(gaps))
    if gaps:
        log.error("books differ", provider=provider.name, differences=len(gaps))
    return gaps


def everything(provider: Provider, since: datetime) -> Iterator[Standing]:
    """Go through what the provider lists, then through what only our books know of."""
    listed = set()
    for listing in provider.standings(since):
        listed.add(listing.payment)
        yield listing
    for session in lately(provider, since):
        if session.key not in listed and (theirs := provider.standing(session.payment)):
            yield theirs


def lately(provider: Provider, since: datetime) -> Iterator[Session]:
    """Go through the payments that our books moved lately, and those that differed before."""
    ours = Session.objects.filter(method__in=provider.codes(), entries__at__gte=since)
    yield from ours.filter(captured_minor__gt=0).distinct().iterator()
    before = Difference.objects.filter(provider=provider.name, gone_at__isnull=True)
    yield from filter(None, map(named, set(before.values_list("payment", flat=True))))


def compared(theirs: Standing, provider: Provider, seen: set[str]) -> list[Gap]:
    """Compare a payment, once; where it differs, after having learnt how it stands."""
    if theirs.payment in seen:
        return []
    seen.add(theirs.payment)
    session = named(theirs.payment)
    gaps = gaps_of(session, theirs)
    if session is None or not gaps:
        return gaps
    learn(session=session.pk)
    session.refresh_from_db()
    return gaps_of(session, provider.standing(session.payment) or theirs)


def gaps_of(session: Session | None, theirs: Standing) -> list[Gap]:
    """Tell where our books say something else; what we do not know is nothing in ours."""
    ours = ours_of(session, theirs)
    pairs = (
        ("captured", ours.captured, theirs.captured),
        ("refunded", ours.refunded, theirs.refunded),
    )
    return [Gap(theirs.payment, what, our, their) for what, our, their in pairs if our != their]


def ours_of(session: Session | None, theirs: Standing) -> Standing:
    """Read our books of a payment."""
    if session is None:
        nothing = Money.zero(theirs.captured.currency)
        return Standing(theirs.payment, nothing, nothing)
    made = session.refunds.filter(status=RefundStatus.MADE.value).aggregate(
        minor=Sum("minor", default=0)
    )
    taken = session.captured_minor if session.state is Status.CAPTURED else 0
    return Standing(
        session.key, Money(taken, session.currency), Money(made["minor"], session.currency)
    )


def keep(provider: Provider, seen: set[str], gaps: list[Gap]) -> None:
    """Keep what differs, and note what does not any more."""
    for gap in gaps:
        Difference.objects.update_or_create(
            provider=provider.name,
            payment=gap.payment,
            what=gap.what,
            gone_at=None,
            defaults={
                "ours_minor": gap.ours.minor,
                "theirs_minor": gap.theirs.minor,
                "currency": gap.theirs.currency,
            },
        )
    looked_at = Difference.objects.filter(
        provider=provider.name, payment__in=seen, gone_at__isnull=True
    )
    still = Q(pk__in=[])
    for gap in gaps:
        still |= Q(payment=gap.payment, what=gap.what)
    looked_at.exclude(still).update(gone_at=Now())
