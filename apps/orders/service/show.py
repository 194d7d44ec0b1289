"""Reads orders as others may see them: plain values, with their whole story."""

import threading
import time
from uuid import UUID

from django.db import connection
from msgspec import convert

from apps.customers.interface import Address
from commerce.money import Money

from ..domain import UNDECIDED
from ..interface import HistoryEntry, OrderLine, Status, UnknownOrder
from ..interface import Order as Shown
from ..models import Event, Line, Order

PAUSES = (0.05, 0.1, 0.2, 0.4)  # seconds between two looks, then the last again and again
WAITERS = threading.BoundedSemaphore(4)  # threads of one process that may wait at once
UNSETTLED = {status.value for status in UNDECIDED} | {Status.ACCEPTED.value}


def show(*, order: UUID) -> Shown:
    """Return an order with its lines and history; raises UnknownOrder."""
    found = Order.objects.filter(pk=order).prefetch_related("lines", "events").first()
    if found is None:
        raise UnknownOrder(order=order)
    return shown(found)


def shown(order: Order) -> Shown:
    """Turn the rows of an order into a value."""
    return Shown(
        id=order.pk,
        number=order.number,
        cart=order.cart,
        status=Status(order.status),
        email=order.email,
        locale=order.locale,
        currency=order.currency,
        lines=tuple(shown_line(line, order.currency) for line in order.lines.all()),
        subtotal=Money(order.subtotal, order.currency),
        shipping=Money(order.shipping, order.currency),
        tax=Money(order.tax, order.currency),
        grand=Money(order.grand, order.currency),
        address=convert(order.address, Address | None),
        accepted_at=order.accepted_at,
        version=order.version,
        history=tuple(shown_event(event) for event in order.events.all()),
    )


def shown_line(line: Line, currency: str) -> OrderLine:
    """Turn a line's row into a value."""
    return OrderLine(
        sku=line.sku,
        name=line.name,
        options=line.options,
        quantity=line.quantity,
        unit=Money(line.unit, currency),
        total=Money(line.total, currency),
        tax=Money(line.tax, currency),
    )


def shown_event(event: Event) -> HistoryEntry:
    """Turn a step's row into a value."""
    return HistoryEntry(at=event.at, actor=event.actor, what=event.what, why=event.why)


def wait_until_settled(*, order: UUID, seconds: float) -> None:
    """Return when the workers have confirmed an order, or after so many seconds.

    Nobody holds a database connection while waiting. When many wait already, it returns at once:
    threads that wait for workers must not be all the threads there are.
    """
    if not settles(order) or not WAITERS.acquire(blocking=False):
        return
    try:
        until, looks = time.monotonic() + seconds, 0
        while settles(order) and (left := until - time.monotonic()) > 0:
            connection.close()
            time.sleep(min(left, PAUSES[min(looks, len(PAUSES) - 1)]))
            looks += 1
    finally:
        WAITERS.release()


def settles(order: UUID) -> bool:
    """Tell whether the next state is a matter of moments."""
    return Order.objects.filter(pk=order, status__in=UNSETTLED).exists()
