"""Makes an authorised session pay for an order."""

from uuid import UUID

from django.db import IntegrityError
from django.utils import translation
from django.utils.translation import gettext

from apps.payments import interface
from apps.payments.domain import OVER, UNDECIDED
from apps.payments.interface import (
    AmountDiffers,
    PaymentRefused,
    PaymentUnfinished,
    UnknownSession,
)
from apps.payments.models import Session
from commerce.money import Money
from commerce.postgres import ask

from .find import fresh
from .hear import shown
from .rows import COLUMNS, of_row

GIVE = f"""
UPDATE payments_session SET "order" = %s
WHERE id = %s AND cart = %s AND minor = %s AND currency = %s
    AND "order" IS NULL AND status = 'authorised'
    AND NOT EXISTS (SELECT FROM payments_session WHERE "order" = %s)
RETURNING {COLUMNS}
"""


def bind(order: UUID, cart: UUID, session: UUID, amount: Money) -> interface.Session:
    """Give a session to an order for good; repeated, it is the order's already."""
    found = give(order, cart, session, amount) or fresh(session)
    if found.cart != cart:
        raise UnknownSession(session=session)
    check(found, amount)
    if found.order is None:  # the provider has said yes only now
        found = give(order, cart, session, amount) or fresh(session)
    if found.order != order:
        with translation.override(found.locale):
            reason = gettext("This payment cannot be used for this order.")
        raise PaymentRefused(session=session, reason=reason)
    return shown(found)


def check(session: Session, amount: Money) -> None:
    """Refuse a session that cannot pay this amount."""
    status = session.state
    if status in OVER:
        raise PaymentRefused(session=session.id, reason=shown(session).reason)
    if status in UNDECIDED:
        raise PaymentUnfinished(session=session.id, action_url=session.action_url or None)
    if session.amount != amount:
        raise AmountDiffers(session=session.id, authorised=session.amount, due=amount)


def give(order: UUID, cart: UUID, session: UUID, amount: Money) -> Session | None:
    """Take a session for an order, unless it or the order has another partner already."""
    try:
        rows = ask(GIVE, order, session, cart, amount.minor, amount.currency, order)
    except IntegrityError:
        return None  # another session has just paid for the order
    return of_row(rows[0]) if rows else None
