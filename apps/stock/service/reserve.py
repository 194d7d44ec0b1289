"""Keeps goods aside for a cart: the hot path, one statement whatever is asked."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from commerce.settled import settled

from ..domain import of_cart
from ..interface import (
    Buyer,
    Cap,
    Destination,
    Hold,
    HoldLimit,
    HoldTooLong,
    LapsedTooOften,
    Line,
    OutOfStock,
    Reservation,
    Shortage,
)
from .line import barred
from .places import ranked
from .statement import rows

RESERVE = """
SELECT sku, quantity, expires_at, most, refusal,
    CASE WHEN sales IS NOT NULL AND refusal IS NULL THEN stock_took(cart, sales) END
FROM stock_let_in(%s::uuid, %s::text[], %s::integer[]) LEFT JOIN LATERAL stock_reserve(
    cart, %s::text[], %s::integer[], %s::text[], %s, %s, %s, ROW(%s, %s, %s, %s)::stock_rules
) ON true
"""
RESERVE_ONE = """
SELECT sku, quantity, expires_at, most, refusal, NULL
FROM stock_reserve_one(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
RELEASE = "SELECT stock_release(%s)"
HAND_OVER = "SELECT stock_hand_over(%s, %s)"
EXTEND = "SELECT stock_extend(%s, %s, %s)"
Answer = list[tuple[str, int | None, datetime, int, str | None]]


def reserve(
    cart: UUID,
    lines: tuple[Line, ...],
    ttl: timedelta,
    destination: Destination | None,
    buyer: Buyer,
    most: int | None = None,
) -> Reservation:
    """Set what a cart holds of each named SKU, or say of every SKU why not.

    `most` units of a SKU may be held that has no cap of its own; as many as the shop says, if None.
    """
    wanted = of_cart(lines)
    most = usual_most() if most is None else most
    terms = (ttl, buyer.customer, buyer.address or None, most, *rules())
    places = ranked(cart, wanted, destination)
    if len(wanted) == len(places) == 1 and all(wanted.values()):
        [(sku, quantity)] = wanted.items()
        answer = rows(RESERVE_ONE, cart, sku, quantity, *places, *terms)
    else:
        asked = list(wanted), list(wanted.values())
        answer = rows(RESERVE, cart, *asked, *asked, places, *terms)
    if not answer:
        raise barred(cart, wanted)
    answer = [row[:5] for row in answer if row[0]]
    refuse(answer, wanted)
    holds = sorted((sku, n or 0, until) for sku, n, until, *_ in answer)
    return Reservation(cart, tuple(Hold(*each) for each in holds))


def bounded(ttl: timedelta) -> timedelta:
    """Refuse to keep anything aside for a cart for longer than the shop says."""
    if ttl > (most := longest_ttl()):
        raise HoldTooLong(most=most)
    return ttl


def refuse(answer: Answer, wanted: dict[str, int]) -> None:
    """Raise what stands against the reservation, if anything does."""
    short = [Shortage(sku, wanted[sku], n) for sku, _, _, n, why in answer if why == "short"]
    if short:
        raise OutOfStock(shortages=tuple(short))
    for sku, quantity, until, most, why in answer:
        if why == "lapses":
            raise LapsedTooOften(sku=sku, until=until)
        if quantity is None:
            raise HoldLimit(sku=sku, cap=Cap(why), most=most)


def release(cart: UUID) -> None:
    """Put whatever a cart holds back on the shelf."""
    rows(RELEASE, cart)


def hand_over(cart: UUID, to: UUID) -> None:
    """Give whatever a cart holds to another one."""
    rows(HAND_OVER, cart, to)


def extend(cart: UUID) -> None:
    """Let what a cart holds last longer, once."""
    rows(EXTEND, cart, timedelta(seconds=settings.STOCK_EXTENSION_SECONDS), longest())


@settled
def usual_most() -> int:
    """How many units of a SKU are held by one customer, or from one address."""
    return int(settings.STOCK_MOST)


@settled
def longest_ttl() -> timedelta:
    """For how long a cart may ask."""
    return timedelta(seconds=settings.HOLD_SECONDS)


@settled
def rules() -> tuple[int, timedelta, timedelta]:
    """How many carts of a block, and for how long, hold what is in great demand; and `longest`."""
    return settings.STOCK_HOT_CARTS, timedelta(seconds=settings.STOCK_HOT_SECONDS), longest()


def longest() -> timedelta:
    """How long a hold may last without a lapse, however often it is renewed."""
    return 2 * longest_ttl()
