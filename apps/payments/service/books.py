"""Writes down what happened to a session, and from where to where its money moved."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from apps.payments.domain import Account, Answer, Leg, captured, due, forgiven
from apps.payments.interface import Status
from apps.payments.models import Entry, Posting, Session
from apps.payments.providers import provider_of

DUE = "due"


def enter(
    session: Session, what: str, minor: int, legs: Iterable[Leg] = (), *, reference: str = ""
) -> None:
    """Add an entry, and what it moved between accounts."""
    entry = Entry.objects.create(
        session=session, what=what, reference=reference, minor=minor, currency=session.currency
    )
    post(entry, legs)


def post(entry: Entry, legs: Iterable[Leg]) -> None:
    """Move the money of an entry; a step that moves nothing has no postings."""
    Posting.objects.bulk_create(
        Posting(entry=entry, **each) for each in postings(entry.session, legs)
    )


def postings(session: Session, legs: Iterable[Leg]) -> list[dict[str, Any]]:
    """Name the accounts between which money moves."""
    moved = [(account, minor) for account, minor in legs if minor]
    return [{"account": named(account, session), "minor": minor} for account, minor in moved]


def named(account: Account, session: Session) -> str:
    """Name an account; each provider has its own clearing."""
    if account is not Account.CLEARING:
        return str(account.value)
    return f"clearing:{provider_of(session.method).name}"


def enter_answer(session: Session, answer: Answer, taken: int) -> None:
    """Add what a provider said of a session, of which so many minor units were taken."""
    legs: tuple[Leg, ...] = ()
    match answer.status:
        case Status.CAPTURED:
            owed = provider_of(session.method).paid_later
            legs = captured(taken, owed=owed)
            if owed:
                owe(session)
        case Status.VOIDED if session.entries.filter(what=DUE).exists():
            legs = forgiven(session.minor)
    enter(session, answer.status.value, taken or session.minor, legs)


@transaction.atomic
def charge(session: Session) -> None:
    """Book what the shopper owes who pays later, unless the payment is over or that was done."""
    waiting = Session.objects.filter(pk=session.pk, status=Status.AUTHORISED.value)
    if waiting.select_for_update(no_key=True).exists():
        owe(session)


def owe(session: Session) -> None:
    """Book once what a session's order was charged."""
    entry, is_new = Entry.objects.get_or_create(
        session=session,
        what=DUE,
        reference="",
        defaults={"minor": session.minor, "currency": session.currency},
    )
    if is_new:
        post(entry, due(session.minor))
