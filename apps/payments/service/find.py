"""Finds a session, up to date."""

from uuid import UUID

from apps.payments import interface
from apps.payments.interface import UnknownSession
from apps.payments.models import Session

from .hear import refresh, shown


def fresh(session: UUID) -> Session:
    """Return a session as its provider knows it; raises UnknownSession."""
    found = Session.objects.filter(pk=session).first()
    if found is None:
        raise UnknownSession(session=session)
    refresh(found)
    return found


def find(session: UUID) -> interface.Session:
    """Return a session as it stands."""
    return shown(fresh(session))


def of_order(order: UUID) -> Session:
    """Return the session that pays for an order; raises UnknownSession."""
    session = Session.objects.filter(order=order).first()
    if session is None:
        raise UnknownSession(session=order)
    return session
