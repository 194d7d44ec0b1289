"""Finds a session, up to date."""

from uuid import UUID

from apps.payments import interface
from apps.payments.domain import UNDECIDED
from apps.payments.interface import UnknownSession
from apps.payments.models import Session
from commerce import greenlets
from commerce.postgres import ask

from .hear import refresh, shown
from .rows import OF_ORDER, READ, of_row


def fresh(session: UUID) -> Session:
    """Return a session as its provider knows it; raises UnknownSession."""
    rows = ask(READ, session)
    if not rows:
        raise UnknownSession(session=session)
    found = of_row(rows[0])
    if found.state in UNDECIDED:
        greenlets.aside(refresh, found)
    return found


def find(session: UUID) -> interface.Session:
    """Return a session as it stands."""
    return shown(fresh(session))


def of_order(order: UUID) -> Session:
    """Return the session that pays for an order; raises UnknownSession."""
    rows = ask(OF_ORDER, order)
    if not rows:
        raise UnknownSession(session=order)
    return of_row(rows[0])
