"""Asks a provider how things stand and writes the answer down."""

from collections.abc import Callable

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from msgspec import json

from apps.payments import interface
from apps.payments.domain import UNDECIDED, Answer, NoAnswer, Payment, before, captured
from apps.payments.interface import Status
from apps.payments.models import Session
from apps.payments.providers import provider_of
from commerce import greenlets
from commerce.money import Money
from commerce.postgres import Words, ask
from commerce.services import ServiceUnavailable

from .books import enter_answer, postings
from .rows import COLUMNS, READ, renew

NO_MONEY = frozenset({Status.PENDING, Status.ACTION_REQUIRED, Status.AUTHORISED, Status.REFUSED})
STEP = f"""
WITH moved AS (
    UPDATE payments_session
    SET status = %s, reason = %s, action_url = %s, reference = coalesce(nullif(%s, ''), reference)
    WHERE id = %s AND status = ANY(%s::text[])
    RETURNING {COLUMNS}
), entry AS (
    INSERT INTO payments_entry (session_id, what, minor, currency)
    SELECT id, status, minor, currency FROM moved
)
SELECT {COLUMNS} FROM moved
"""
CAPTURE = f"""
WITH disk AS (SELECT set_config('synchronous_commit', 'on', true)), moved AS (
    UPDATE payments_session
    SET status = 'captured', reason = %s, action_url = '', captured_minor = %s,
        reference = coalesce(nullif(%s, ''), reference)
    FROM disk WHERE id = %s AND status = ANY(%s::text[])
    RETURNING {COLUMNS}
), entry AS (
    INSERT INTO payments_entry (session_id, what, minor, currency)
    SELECT id, status, %s, currency FROM moved RETURNING id
), posted AS (
    INSERT INTO payments_posting (entry_id, account, minor)
    SELECT entry.id, leg.account, leg.minor
    FROM entry, jsonb_to_recordset(%s::jsonb) AS leg (account text, minor bigint)
)
SELECT {COLUMNS} FROM moved
"""


def refresh(session: Session) -> None:
    """Bring an undecided session up to date; a provider that never heard of it is asked again."""
    if session.state in UNDECIDED:
        provider = provider_of(session.method)
        hear(session, lambda payment: provider.find(payment) or provider.authorise(payment))


def hear(session: Session, ask: Callable[[Payment], Answer]) -> None:
    """Ask about a session; without an answer it stays as it is, to be asked about again."""
    try:
        record(session, ask(session.payment))
    except NoAnswer:
        return


def insist(session: Session, ask: Callable[[Payment], Answer]) -> None:
    """Ask about a session; without an answer the caller must try again."""
    try:
        record(session, ask(session.payment))
    except NoAnswer as silence:
        raise ServiceUnavailable(reason=f"no answer about {session.key}") from silence


def record(session: Session, answer: Answer) -> None:
    """Write down what a provider said, if the table allows the step; each state is reached once."""
    if answer.status in NO_MONEY:
        record_step(session, answer)
    elif answer.status is Status.CAPTURED and not provider_of(session.method).paid_later:
        record_capture(session, answer, taken_of(session, answer))
    else:
        greenlets.aside(record_money, session, answer)


def record_step(session: Session, answer: Answer) -> None:
    """Write down what moves no money, in one statement."""
    rows = ask(
        STEP,
        answer.status.value,
        answer.reason,
        answer.action_url,
        answer.reference,
        session.pk,
        Words(before(answer.status)),
    )
    [row] = rows or ask(READ, session.pk)
    renew(session, row)


def record_capture(session: Session, answer: Answer, taken: int) -> None:
    """Write down that so many minor units were taken, and the entry of it, in one statement."""
    rows = ask(
        CAPTURE,
        answer.reason,
        taken,
        answer.reference,
        session.pk,
        Words(before(Status.CAPTURED)),
        taken,
        json.encode(postings(session, captured(taken, owed=False))).decode(),
    )
    [row] = rows or ask(READ, session.pk)
    renew(session, row)


@transaction.atomic
def record_money(session: Session, answer: Answer) -> None:
    """Write down what moved money, and what moved where."""
    taken = taken_of(session, answer) if answer.status is Status.CAPTURED else 0
    waiting = Session.objects.filter(pk=session.pk, status__in=before(answer.status))
    if waiting.update(
        status=answer.status.value,
        reason=answer.reason,
        action_url=answer.action_url,
        reference=answer.reference or session.reference,
        captured_minor=taken,
    ):
        enter_answer(session, answer, taken)
    session.refresh_from_db()


def taken_of(session: Session, answer: Answer) -> int:
    """Return how many minor units were taken."""
    return (answer.captured or session.amount).minor


def shown(session: Session) -> interface.Session:
    """Return a session as others see it, with its reason in the shopper's language."""
    with translation.override(session.locale):
        reason = gettext(session.reason) if session.reason else ""
    return interface.Session(
        id=session.id,
        cart=session.cart,
        method=session.method,
        status=session.state,
        amount=session.amount,
        action_url=session.action_url or None,
        reason=reason,
        captured=taken(session),
    )


def taken(session: Session) -> Money | None:
    """Return what was taken of a session."""
    is_taken = session.state is Status.CAPTURED
    return Money(session.captured_minor, session.currency) if is_taken else None
