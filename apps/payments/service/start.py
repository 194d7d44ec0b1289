"""Begins an attempt to pay, or finds the one that was begun."""

from uuid import UUID

from apps.cart.interface import CartOrdered, Contents, State
from apps.cart.interface import cart as carts
from apps.payments import interface
from apps.payments.domain import OVER, UNDECIDED
from apps.payments.models import Session
from apps.payments.providers import offering
from commerce import greenlets, ids
from commerce.postgres import Words, ask

from .hear import hear, refresh, shown
from .rows import COLUMNS, of_row

TRIED = Words(state.value for state in OVER)
LATEST = f"""
SELECT {COLUMNS} FROM payments_session
WHERE cart = %s AND method = %s AND minor = %s AND currency = %s ORDER BY attempt DESC LIMIT 1
"""
BEGIN = f"""
WITH last AS ({LATEST}), made AS (
    INSERT INTO payments_session
        (id, cart, method, minor, currency, attempt, status, reason, action_url, return_url,
         reference, locale)
    SELECT %s, %s, %s, %s, %s, coalesce((SELECT attempt FROM last), 0) + 1, 'pending', '', '', %s,
           '', %s
    WHERE NOT EXISTS (SELECT FROM last WHERE status <> ALL(%s::text[]))
    ON CONFLICT DO NOTHING RETURNING {COLUMNS}
)
SELECT {COLUMNS}, true FROM made UNION ALL SELECT {COLUMNS}, false FROM last
"""


def start(cart: UUID, method: str, return_url: str) -> interface.Session:
    """Ask for what is due now; another attempt is made only once the last one is over."""
    provider = offering(method)
    contents = carts.contents(cart=cart)
    found = begin(contents, method, return_url)
    if found is None:  # a twin has begun, and asks
        return start(cart, method, return_url)
    session, is_new = found
    if is_new and provider.light:
        hear(session, provider.authorise)
    elif is_new:
        greenlets.aside(hear, session, provider.authorise)
    elif session.state in UNDECIDED:
        greenlets.aside(refresh, session)
    return shown(session)


def begin(contents: Contents, method: str, return_url: str) -> tuple[Session, bool] | None:
    """Return the last attempt to pay what a cart costs, or the next, and whether it is new.

    Of twins only one makes the next; the other gets None.
    """
    due = contents.quote.due
    what = (contents.id, method, due.minor, due.currency)
    if contents.state is State.ORDERED and contents.order:
        rows = [(*row, False) for row in ask(LATEST, *what)]
    else:
        rows = ask(BEGIN, *what, ids.new(), *what, return_url, contents.locale, TRIED)
    attempts = {row[-1]: of_row(row[:-1]) for row in rows}
    if True in attempts:
        return attempts[True], True
    last = attempts.get(False)
    if last and last.state not in OVER:
        return last, False
    if contents.state is State.ORDERED and contents.order:
        raise CartOrdered(cart=contents.id, order=contents.order)
    return None
