"""Gives up what was set aside and will not be taken."""

from uuid import UUID

from apps.payments.domain import NEXT
from apps.payments.interface import Status
from apps.payments.models import Session
from apps.payments.providers import provider_of
from commerce.postgres import Words, ask

from .hear import insist
from .rows import COLUMNS, of_row

VOIDABLE = [status.value for status, after in NEXT.items() if Status.VOIDED in after]
OTHERS = f"""
SELECT {COLUMNS} FROM payments_session
WHERE cart = %s AND "order" IS NULL AND status = ANY(%s::text[])
"""


def void(order: UUID) -> None:
    """Give up an order's payment, unless it was taken already or is given up already."""
    for session in Session.objects.filter(order=order, status__in=VOIDABLE):
        give_up(session, key=f"void:{order}")


def give_up_session(session: Session) -> None:
    """Give up a payment by itself, unless it was taken already or is given up already."""
    if session.status in VOIDABLE:
        give_up(session, key=f"void:{session.order or session.key}")


def release_others(paying: Session) -> None:
    """Give up what else the shopper has begun for the same cart: it would stay blocked for days."""
    for session in map(of_row, ask(OTHERS, paying.cart, Words(VOIDABLE))):
        give_up(session, key=f"void:{session.key}")


def give_up(session: Session, *, key: str) -> None:
    """Tell the provider that the money is not wanted any more."""
    provider = provider_of(session.method)
    insist(session, lambda payment: provider.void(payment, key=key))
