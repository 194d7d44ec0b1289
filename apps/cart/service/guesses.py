"""Guessing codes: a few wrong ones are human, thousands are not.

A try is counted before it is looked at, so that many at once are counted too, and forgiven unless
the code was wrong: who has a good code may enter it as often as he likes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from uuid import UUID

from apps.pricing.interface import CouponRefused, Refusal, UnknownGiftCard
from commerce import origin
from commerce.rest import throttles

from ..domain import GuessedTooOften

OF_A_CART = 10  # wrong codes
IN_A_QUARTER = 900  # seconds
OF_A_HOUSE = 100  # wrong codes from one address
IN_AN_HOUR = 3600  # seconds


class Bucket(NamedTuple):
    """So many wrong codes in so many seconds."""

    name: str
    quota: int
    window: int


@contextmanager
def counted(cart: UUID) -> Iterator[None]:
    """Count what is done as a guess if it ends with an unknown code; raises GuessedTooOften."""
    mine = Bucket(f"guesses:{cart}", OF_A_CART, IN_A_QUARTER)
    ours = Bucket(f"guesses:{origin.house()}", OF_A_HOUSE * throttles.times(address()), IN_AN_HOUR)
    take(mine)
    try:
        take(ours)
    except GuessedTooOften:
        throttles.give_back(*mine)
        raise
    wrong = False
    try:
        yield
    except UnknownGiftCard:
        wrong = True
        raise
    except CouponRefused as refusal:
        wrong = refusal.refusal is Refusal.UNKNOWN
        raise
    finally:
        for bucket in () if wrong else (mine, ours):
            throttles.give_back(*bucket)


def take(bucket: Bucket) -> None:
    """Count a try, or refuse one too many."""
    if wait := throttles.wait(*bucket):
        raise GuessedTooOften(wait)


def address() -> str:
    """Say where the request that is being answered comes from."""
    return origin.current.get()
