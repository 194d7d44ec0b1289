"""Begins an attempt to pay, or finds the one that was begun."""

from uuid import UUID

from apps.cart.interface import CartOrdered, Contents, State
from apps.cart.interface import cart as carts
from apps.payments import interface
from apps.payments.domain import OVER, UNDECIDED
from apps.payments.models import Session
from apps.payments.providers import offering
from commerce import greenlets, ids
from commerce.postgres import ask

from .hear import hear, refresh, shown
from .rows import COLUMNS, of_row

LATEST = f"""
SELECT {COLUMNS} FROM payments_session
WHERE cart = %s AND method = %s AND minor = %s AND currency = %s ORDER BY attempt DESC LIMIT 1
"""
BEGIN = f"""
INSERT INTO payments_session
    (id, cart, method, minor, currency, attempt, status, reason, action_url, return_url,
     reference, locale)
VALUES (%s, %s, %s, %s, %s, %s, 'pending', '', '', %s, '', %s)
ON CONFLICT DO NOTHING RETURNING {COLUMNS}
"""


def start(cart: UUID, method: str, return_url: str) -> interface.Session:
    """Ask for what is due now; another attempt is made only once the last one is over."""
    provider = offering(method)
    contents = carts.contents(cart=cart)
    last = latest(contents, method)
    if last and last.state not in OVER:
        if last.state in UNDECIDED:
            greenlets.aside(refresh, last)
        return shown(last)
    made = begin(contents, method, return_url, last)
    if made is None:  # a twin has begun, and asks
        return start(cart, method, return_url)
    if provider.light:
        hear(made, provider.authorise)
    else:
        greenlets.aside(hear, made, provider.authorise)
    return shown(made)


def latest(contents: Contents, method: str) -> Session | None:
    """Return the last attempt to pay what a cart costs in this way."""
    due = contents.quote.due
    rows = ask(LATEST, contents.id, method, due.minor, due.currency)
    return of_row(rows[0]) if rows else None


def begin(contents: Contents, method: str, return_url: str, last: Session | None) -> Session | None:
    """Make the next attempt; of twins only one makes it."""
    if contents.state is State.ORDERED and contents.order:
        raise CartOrdered(cart=contents.id, order=contents.order)
    due, number = contents.quote.due, last.attempt + 1 if last else 1
    what = (contents.id, method, due.minor, due.currency, number)
    rows = ask(BEGIN, ids.new(), *what, return_url, contents.locale)
    return of_row(rows[0]) if rows else None
