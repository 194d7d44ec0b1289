"""Sign-ins that are still good: in a browser by a cookie, in an app by tokens.

A refresh token is good once, and makes the next one. One that comes back has been in two hands:
its whole family ends, so that whoever stole it has nothing, and the customer signs in again
(RFC 9700, 4.14.2).
"""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import structlog
from django.db import connection
from django.db.models.functions import Now

from commerce import ids
from commerce.proof import prove, proves
from commerce.rest.tokens import Claims, sign

from ..interface import UnknownCustomer
from ..models import Session
from .passwords import NotRecognised
from .people import shopper

log = structlog.get_logger("halles.customers")
LASTS = timedelta(days=30)
NEXT = """
UPDATE customers_session
SET generation = generation + 1, expires_at = now() + make_interval(days => %s)
WHERE id = %s AND generation = %s AND expires_at > now()
RETURNING customer_id
"""


class Tokens(NamedTuple):
    """What an app signs its requests with, and what gets it the next ones."""

    access: str
    refresh: str


def begin(customer: UUID) -> UUID:
    """Let somebody be signed in from now on; every sign-in is a session of its own."""
    session = Session(customer_id=customer)
    session.expires_at = Now() + LASTS
    session.save(force_insert=True)
    return session.pk


def end(session: UUID) -> None:
    """Let a session be good no longer."""
    Session.objects.filter(pk=session).delete()


def begin_family(customer: UUID) -> Tokens:
    """Sign in an app."""
    return tokens(customer, begin(customer), generation=1)


def refreshed(token: str) -> Tokens:
    """Change a refresh token for the next ones; raises NotRecognised, and ends a stolen family."""
    session, generation = read(token)
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [LASTS.days, session, generation])
        row = cursor.fetchone()
    if row is None:
        if Session.objects.filter(pk=session).delete()[0]:
            log.warning("refresh token used again", session=ids.public("ses", session))
        raise NotRecognised
    try:
        return tokens(row[0], session, generation + 1)
    except UnknownCustomer:
        raise NotRecognised from None


def tokens(customer: UUID, session: UUID, generation: int) -> Tokens:
    """Write the tokens of a generation."""
    groups = shopper(customer).groups
    proof = prove(f"refresh.{generation}", session)
    refresh = f"{ids.public('ses', session)}.{generation}.{proof}"
    return Tokens(sign(Claims(customer, session, groups)), refresh)


def read(token: str) -> tuple[UUID, int]:
    """Read which generation of which family a refresh token is, if it is one of ours."""
    name, _, rest = token.partition(".")
    generation, _, proof = rest.partition(".")
    try:
        session = ids.parse("ses", name)
    except ids.UnknownId:
        raise NotRecognised from None
    if not (generation.isascii() and generation.isdecimal() and len(generation) < 9):
        raise NotRecognised
    if not proves(f"refresh.{generation}", session, proof):
        raise NotRecognised
    return session, int(generation)


def forget() -> None:
    """Drop sessions that are over."""
    Session.objects.filter(expires_at__lte=Now()).delete()
