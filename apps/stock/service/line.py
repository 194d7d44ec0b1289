"""Sales and their lines: in order of arrival, at the pace that stock allows.

Redis knows the order, PostgreSQL who was let in. Whoever asks for their place may be the one who
lets the next people in, so that no worker has to run for it.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from django.conf import settings
from django.db import transaction

from commerce import ids
from commerce.proof import prove, proves

from .. import store
from ..domain import tickets
from ..interface import BadTicket, NoSale, NotStarted, Place, Shortage, Standing, TooManyPlaces
from ..interface import Waiting as NotLetIn
from ..models import Sale, SaleItem
from .statement import rows

PASS = timedelta(minutes=3)  # how long somebody who was let in may take goods
MOST_AT_ONCE = 200  # let in by one look
SOONEST, LATEST = 2, 15  # seconds between two questions of one who waits
REMEMBERED = 2.0  # seconds
MOST_REMEMBERED = 1000  # SKUs
BARRED = "SELECT sku, wanted, had, starts_at FROM stock_barred(%s, %s::text[], %s::integer[])"
ADMIT = "SELECT cart, gone FROM stock_admit(%s, %s::uuid[], %s::bigint[], %s, %s)"
ADMITTED = """
SELECT number, until, until > now() AND NOT used
FROM stock_admission WHERE sale_id = %s AND cart = %s
"""
HAND_OVER = "SELECT sale, admitted FROM stock_hand_over_passes(%s, %s)"
SO_FAR = """
SELECT last, (SELECT coalesce(max(number), 0) FROM stock_admission WHERE sale_id = sale.id)
FROM stock_sale AS sale WHERE id = %s
"""
SALE = """
SELECT id, name, starts_at, lined, pace, extract(epoch FROM starts_at - clock_timestamp())::float
FROM stock_sale JOIN stock_sale_item ON sale_id = id WHERE sku = %s
"""


@dataclass(frozen=True)
class Known:
    """A sale as this process knows it; `begins` is on this process's steady clock."""

    id: UUID
    name: str
    starts_at: datetime
    lined: bool
    pace: int
    begins: float

    @property
    def begun(self) -> bool:
        """Whether it has started by the database's clock."""
        return time.monotonic() >= self.begins


memory: dict[str, tuple[float, Known | None]] = {}


def barred(cart: UUID, wanted: dict[str, int]) -> NotStarted | NotLetIn:
    """Say why a sale keeps some goods from a cart."""
    for sku, _, _, starts_at in rows(BARRED, cart, list(wanted), list(wanted.values())):
        if starts_at:
            return NotStarted(sku=sku, starts_at=starts_at)
        sale = sale_of(sku)
        return NotLetIn(sku=sku, sale=sale.id, position=position(sale.id, cart))
    sku = next(iter(wanted))  # it began, or the cart was let in, a moment ago
    return NotLetIn(sku=sku, sale=sale_of(sku).id)


def kept_back(cart: UUID, skus: list[str], quantities: list[int]) -> tuple[Shortage, ...]:
    """Say of each line that a sale keeps from a cart what the cart has of it."""
    return tuple(Shortage(*line[:3]) for line in rows(BARRED, cart, skus, quantities))


def line_up(cart: UUID, sku: str, ticket: str, origin: str) -> Place:
    """Tell where a cart stands, after letting in whoever is next."""
    sale = sale_of(sku)
    if not sale.lined:
        standing = Standing.OPEN if sale.begun else Standing.EARLY
        return Place(sale.id, sale.name, standing, sale.starts_at)
    number, head, gone, due = store.ask(sale.id, cart)
    if not number:
        if until := joined(sale, cart, ticket, origin):
            return admitted(sale, until)
        number, head, gone, due = store.ask(sale.id, cart)
    if due and sale.begun and cart in look(sale.id):
        return admitted(sale, rows(ADMITTED, sale.id, cart)[0][1])
    return waiting(sale, cart, number, head, gone)


def admitted(sale: Known, until: datetime) -> Place:
    """Describe the place of somebody who may take goods."""
    return Place(sale.id, sale.name, Standing.ADMITTED, sale.starts_at, until=until)


def waiting(sale: Known, cart: UUID, number: int, head: int, gone: bool) -> Place:
    """Describe the place of somebody who waits."""
    standing = Standing.EARLY
    if sale.begun:
        standing = Standing.GONE if gone else Standing.WAITING
    place = max(1, number - head)
    wait = ceil(place / sale.pace)
    proof = prove("place", tickets.claim(sale.id, cart, number))
    return Place(
        *(sale.id, sale.name, standing, sale.starts_at),
        position=place,
        wait=wait,
        ticket=tickets.text(number, proof),
        again=min(max(SOONEST, wait // 10), LATEST),
    )


def joined(sale: Known, cart: UUID, ticket: str, origin: str) -> datetime | None:
    """Put a cart in the line, unless it is in already: then say until when."""
    claimed = number_of(sale.id, cart, ticket)
    until: datetime
    for used, until, valid in rows(ADMITTED, sale.id, cart):
        if valid:
            return until
        if claimed is not None and claimed <= used:
            claimed = None
    place = store.Newcomer(sale.id, cart, claimed, origin, settings.SALE_PLACES_PER_BLOCK)
    entered = store.join(place)
    if entered is None:
        entered = store.join(place, *rows(SO_FAR, sale.id)[0])
    if not entered:
        raise TooManyPlaces(most=place.most)
    return None


def number_of(sale: UUID, cart: UUID, ticket: str) -> int | None:
    """Read the number on a ticket, or refuse it."""
    if not ticket:
        return None
    read = tickets.read(ticket)
    if read is None or not proves("place", tickets.claim(sale, cart, read[0]), read[1]):
        raise BadTicket(cart=cart)
    return read[0]


def look(sale: UUID) -> list[UUID]:
    """Let in whoever is next, as far as pace and stock allow."""
    last, people = store.front(sale, MOST_AT_ONCE)
    carts, numbers = [cart for cart, _ in people], [number for _, number in people]
    answer = rows(ADMIT, sale, carts, numbers, last, PASS)
    if not answer:
        return []
    entered = [cart for cart, _ in answer if cart]
    store.let_in(sale, entered, gone=answer[-1][1])
    return entered


def hand_over_places(cart: UUID, to: UUID) -> None:
    """Give another cart the admissions of one, and its places in lines that are better."""
    for sale, admitted in rows(HAND_OVER, cart, to):
        store.hand_over(sale, cart, to, admitted=admitted)


def position(sale: UUID, cart: UUID) -> int | None:
    """Say where in the line a cart is, if it is."""
    number, head, _, _ = store.ask(sale, cart)
    return max(1, number - head) if number else None


def sale_of(sku: str) -> Known:
    """Return the sale of a SKU, as this process has known it for a moment."""
    until, sale = memory.get(sku, (0.0, None))
    if time.monotonic() > until:
        found = rows(SALE, sku)
        sale = next((remembered(*row) for row in found), None)
        if len(memory) > MOST_REMEMBERED:
            memory.clear()
        memory[sku] = (time.monotonic() + REMEMBERED, sale)
    if sale is None:
        raise NoSale(sku=sku)
    return sale


def remembered(
    sale: UUID, name: str, starts_at: datetime, lined: bool, pace: int, seconds: float
) -> Known:
    """Read a sale that begins in so many seconds."""
    return Known(sale, name, starts_at, lined, pace, begins=time.monotonic() + seconds)


def announce(name: str, skus: tuple[str, ...], opens_in: timedelta, pace: int) -> None:
    """Make a sale that begins after some time, unless there is one of that name."""
    if Sale.objects.filter(name=name).exists():
        return
    ((starts_at,),) = rows("SELECT now() + %s", opens_in)
    with transaction.atomic():
        sale = Sale.objects.create(id=ids.new(), name=name, starts_at=starts_at, pace=pace)
        SaleItem.objects.bulk_create(SaleItem(sku=sku, sale=sale) for sku in skus)
