"""Passwords: hashed by Django, looked at a few at a time, and tried only so often.

A try is counted before anything is hashed, so that guessing costs the guesser and not the shop.
Whether there is an account makes no difference to what is counted, nor to how long it takes.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import NamedTuple
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from commerce import origin
from commerce.rest import throttles
from commerce.services import ServiceUnavailable

from ..models import Customer
from .people import by_email

LONGEST = 1_024  # characters worth hashing
AT_ONCE = 2  # hashes in a process
PATIENCE = 2.0  # seconds to wait for one's turn to be hashed
QUARTER, HOUR = 900, 3_600  # seconds
OF_A_HOUSE_FOR_ONE = 5  # tries for one account from one connection, in a quarter of an hour
FOR_ONE = 30  # tries for one account from anywhere, in an hour
OF_A_HOUSE = 50  # tries from one connection, in an hour

_turns = BoundedSemaphore(AT_ONCE)


class NotRecognised(Exception):
    """The address and the password do not go together; which of them is wrong stays unsaid."""


class TooOften(Exception):
    """There were too many tries; it is worth another one after `wait` seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"try again in {wait} s")
        self.wait = wait


class TooWeak(Exception):
    """A password is too easily guessed; `reasons` say why, in the active language."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


class Bucket(NamedTuple):
    """So many tries in so many seconds."""

    name: str
    quota: int
    window: int


def customer_of(email: str, password: str) -> UUID:
    """Return whom an address and its password belong to; raises NotRecognised, TooOften."""
    with counted(email):
        customer = by_email(email)
        if not right(password, customer):
            raise NotRecognised
        assert customer is not None
        return customer.pk


@contextmanager
def counted(email: str) -> Iterator[None]:
    """Count a try, which is forgiven if the password was right."""
    mine, *others = buckets(email)
    for bucket in (mine, *others):
        if wait := throttles.wait(*bucket):
            raise TooOften(wait)
    yield
    throttles.forget(mine.name)
    for bucket in others:
        throttles.give_back(*bucket)


def buckets(email: str) -> tuple[Bucket, ...]:
    """Name where tries for an account are counted, without saying whose it is."""
    house, account = origin.house(), fingerprint(email)
    most = OF_A_HOUSE * throttles.times(origin.current.get())
    return (
        Bucket(f"sign-in:{house}:{account}", OF_A_HOUSE_FOR_ONE, QUARTER),
        Bucket(f"sign-in:{account}", FOR_ONE, HOUR),
        Bucket(f"sign-in:{house}", most, HOUR),
    )


def fingerprint(email: str) -> str:
    """Tell addresses apart without keeping them."""
    return hashlib.sha256(email.strip().lower().encode("utf-8", "replace")).hexdigest()[:32]


def right(password: str, customer: Customer | None) -> bool:
    """Tell whether a password is right; it takes as long when there is none to compare with."""
    kept = customer.password if customer else ""

    def hashed_anew(given: str) -> None:
        assert customer is not None
        Customer.objects.filter(pk=customer.pk, password=kept).update(password=make_password(given))

    with turn():
        return check_password(password[: LONGEST + 1], kept, setter=hashed_anew)


def hashed(password: str) -> str:
    """Hash a new password; raises TooWeak."""
    if len(password) > LONGEST:
        raise TooWeak([f"≤ {LONGEST}"])
    try:
        validate_password(password)
    except ValidationError as weak:
        raise TooWeak(weak.messages) from None
    with turn():
        return make_password(password)


@contextmanager
def turn() -> Iterator[None]:
    """Wait for one's turn: hashing keeps a processor busy, and others want to be served as well."""
    if not _turns.acquire(timeout=PATIENCE):
        raise ServiceUnavailable(reason="too many passwords are being looked at")
    try:
        yield
    finally:
        _turns.release()
