"""Begins an attempt to pay, or finds the one that was begun."""

from uuid import UUID

from apps.cart.interface import CartOrdered, Contents, State
from apps.cart.interface import cart as carts
from apps.payments import interface
from apps.payments.domain import OVER
from apps.payments.models import Session
from apps.payments.providers import offering
from commerce.money import Money

from .hear import hear, refresh, shown


def start(cart: UUID, method: str, return_url: str) -> interface.Session:
    """Ask for what is due now; another attempt is made only once the last one is over."""
    provider = offering(method)
    contents = carts.contents(cart=cart)
    session, created = latest(cart, method, contents.quote.due), False
    if session is None or session.state in OVER:
        session, created = begin(contents, method, return_url, session)
    if created:
        hear(session, provider.authorise)
    else:
        refresh(session)
    return shown(session)


def latest(cart: UUID, method: str, amount: Money) -> Session | None:
    """Return the last attempt to pay a cart in this way and amount."""
    attempts = Session.objects.filter(
        cart=cart, method=method, minor=amount.minor, currency=amount.currency
    )
    return attempts.order_by("-attempt").first()


def begin(
    contents: Contents, method: str, return_url: str, last: Session | None
) -> tuple[Session, bool]:
    """Make the next attempt; twins make the same one, and only one of them has made it."""
    if contents.state is State.ORDERED and contents.order:
        raise CartOrdered(cart=contents.id, order=contents.order)
    return Session.objects.get_or_create(
        cart=contents.id,
        method=method,
        minor=contents.quote.due.minor,
        currency=contents.quote.due.currency,
        attempt=last.attempt + 1 if last else 1,
        defaults={"return_url": return_url, "locale": contents.locale},
    )
