"""Takes the money of an order, once."""

from collections.abc import Callable
from uuid import UUID

from apps.payments import interface
from apps.payments.domain import OVER, Answer, Payment
from apps.payments.interface import AmountDiffers, PaymentRefused, Status
from apps.payments.models import Session
from apps.payments.providers import Provider, provider_of
from commerce.money import Money

from .books import charge
from .find import of_order
from .hear import insist, shown
from .release import release_others


class WithoutOrder(Exception):
    """Nothing was ordered for this money."""


def capture(order: UUID) -> interface.Session:
    """Take what is authorised; the provider knows the order's key, so that it pays once."""
    session = of_order(order)
    return take(session, capturing(session, session.amount))


def capture_part(session: Session, amount: Money) -> interface.Session:
    """Take a part of what is authorised and give up the rest; raises AmountDiffers.

    Repeated, or after the whole was taken, it returns what was taken first.
    """
    if session.order is None:
        raise WithoutOrder
    if amount.currency != session.currency or not 0 < amount.minor <= session.minor:
        raise AmountDiffers(session=session.pk, authorised=session.amount, due=amount)
    return take(session, capturing(session, amount))


def settle(order: UUID) -> interface.Session:
    """Note that the money has come, or take it where it does not come by itself."""
    session = of_order(order)
    return take(session, lambda provider, payment: provider.settle(payment, key=key_of(session)))


def capturing(session: Session, amount: Money) -> Callable[[Provider, Payment], Answer]:
    """Ask a provider for so much of a session."""
    return lambda provider, payment: provider.capture(payment, amount, key=key_of(session))


def key_of(session: Session) -> str:
    """Name the one capture of an order."""
    return f"capture:{session.order}"


def take(session: Session, ask: Callable[[Provider, Payment], Answer]) -> interface.Session:
    """Get the money of an order unless we have it, and let the cart's other payments go."""
    if session.state is Status.AUTHORISED:
        provider = provider_of(session.method)
        insist(session, lambda payment: ask(provider, payment))
        if provider.paid_later:
            charge(session)
    if session.state in OVER:
        raise PaymentRefused(session=session.id, reason=shown(session).reason)
    release_others(session)
    return shown(session)
