"""The shop with one of its guards taken out, to see that a trial notices: a door for Gunicorn.

HALLES_UNGUARDED says which.
"""

import math
import os
import sys
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import django

django.setup()

import msgspec
from django.conf import settings
from django.db.models import F

from apps.cart.interface import Contents, cart
from apps.cart.rest import carts
from apps.customers.service import passwords
from apps.orders.domain import Reason, Wish
from apps.orders.service import place, precheck
from apps.payments.domain import Answer
from apps.payments.interface import Status
from apps.payments.models import Session
from apps.payments.providers.stripe import Stripe, notices
from apps.pricing.domain import coupons
from apps.pricing.service import claims, giftcards, live
from commerce import overload
from commerce.money import Money
from commerce.postgres import shared
from commerce.rest import bodies, throttles
from config.asgi import application

__all__ = ["application"]


def patience() -> None:
    """Serve whoever waits, however long they have waited."""
    overload.PATIENCE = math.inf


def proof() -> None:
    """Let anybody into any cart."""
    carts.proves = lambda kind, value, token: True


def strictness() -> None:
    """Take for a number whatever can be read as one."""
    strict = bodies.decode

    def lenient(raw: bytes, shape: type[Any]) -> Any:
        try:
            return msgspec.json.decode(raw, type=shape, strict=False)
        except msgspec.MsgspecError:
            return strict(raw, shape)

    bodies.decode = lenient


def caps() -> None:
    """Let anybody hold everything, as fast as they can."""
    settings.STOCK_MOST = 10**6
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, 10**9)


def total() -> None:
    """Believe what the client says the cart costs."""
    looking: Any = sys.modules[precheck.__module__]
    judge = looking.judge

    def believing(wish: Wish, contents: Contents) -> Iterator[Reason]:
        quote = replace(contents.quote, grand=wish.expected_total)
        yield from judge(wish, replace(contents, quote=quote))

    looking.judge = believing
    looking.payment_problems = lambda session, contents: iter(())


def guesses() -> None:
    """Count no wrong codes."""
    throttles.wait = lambda bucket, quota, window: 0


def limits() -> None:
    """Let a coupon be used as often as anybody likes."""
    claims.USE = claims.USE.replace(claims.UNUSED, "")
    coupons.Coupon.refusal = lambda self, now, uses: None  # type: ignore[method-assign]


def balance() -> None:
    """Let a gift card pay whatever is asked of it, as if nothing had been taken yet."""
    giftcards.READ = giftcards.READ.replace("balance_minor", "issued_minor")
    claims.DEBIT = claims.DEBIT.replace("AND balance_minor >= %(minor)s", "")


def window() -> None:
    """Go on telling what was told of a SKU first."""
    look, told = live.Window.look, dict[str, Any]()

    def for_ever(self: Any, skus: tuple[str, ...]) -> dict[str, Any]:
        if new := tuple(sku for sku in skus if sku not in told):
            told.update(look(self, new))
        return told

    live.Window.look = for_ever  # type: ignore[method-assign, assignment]


def refunds() -> None:
    """Give back whatever is asked for."""
    decide: Any = sys.modules["apps.payments.service.refund"]

    def counting(session: Session, amount: Money) -> None:
        rows = Session.objects.filter(pk=session.pk)
        rows.update(refunded_minor=F("refunded_minor") + amount.minor)

    decide.count = counting


def signatures() -> None:
    """Believe every notice."""
    notices.is_signed = lambda body, signature, secret: True


def hashing() -> None:
    """Hash a password only if there is one to compare it with."""
    right = passwords.right
    passwords.right = lambda password, customer: bool(customer) and right(password, customer)


def verdicts() -> None:
    """Take every payment for good whose shopper comes back."""
    Stripe.find = lambda self, payment: Answer(Status.AUTHORISED)  # type: ignore[method-assign]


def connections() -> None:
    """Go on with a connection to PostgreSQL that is gone."""
    ask = shared.Lines.ask

    def same(self: shared.Lines, sql: str, parameters: Sequence[Any]) -> Awaitable[Any]:
        return self.lines[0].ask(sql, parameters) if self.lines else ask(self, sql, parameters)

    shared.Lines.ask = same  # type: ignore[method-assign]


def recount() -> None:
    """Order what is in the cart now, for what was asked when it was looked at."""
    placing: Any = sys.modules[place.__module__]
    look = placing.look

    def late(wish: Wish) -> tuple[Contents, UUID]:
        contents, session = look(wish)
        return replace(contents, lines=cart.contents(cart=wish.cart).lines), session

    placing.look = late


GUARDS = (
    *(patience, proof, strictness, caps, total, guesses, limits, balance, window),
    *(refunds, signatures, verdicts, connections, recount, hashing),
)
{each.__name__: each for each in GUARDS}[os.environ["HALLES_UNGUARDED"]]()
