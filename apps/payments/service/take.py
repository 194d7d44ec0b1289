"""Takes the money of an order, once."""

from collections.abc import Callable
from uuid import UUID

from apps.payments import interface
from apps.payments.domain import OVER, Answer, Payment
from apps.payments.interface import PaymentRefused, Status, UnknownSession
from apps.payments.models import Session
from apps.payments.providers import Provider, provider_of

from .hear import insist, shown
from .release import release_others


def capture(order: UUID) -> interface.Session:
    """Take what is authorised; the provider knows the order's key, so that it pays once."""
    return take(order, lambda provider, payment: provider.capture(payment, key=f"capture:{order}"))


def settle(order: UUID) -> interface.Session:
    """Note that the money has come, or take it where it does not come by itself."""
    return take(order, lambda provider, payment: provider.settle(payment, key=f"capture:{order}"))


def take(order: UUID, ask: Callable[[Provider, Payment], Answer]) -> interface.Session:
    """Get the money of an order unless we have it, and let the cart's other payments go."""
    session = Session.objects.filter(order=order).first()
    if session is None:
        raise UnknownSession(session=order)
    if session.state is Status.AUTHORISED:
        provider = provider_of(session.method)
        insist(session, lambda payment: ask(provider, payment))
    if session.state in OVER:
        raise PaymentRefused(session=session.id, reason=shown(session).reason)
    release_others(session)
    return shown(session)
