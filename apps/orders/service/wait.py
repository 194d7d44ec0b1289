"""Waits with the shopper until the workers have confirmed an order.

Whoever changes an order rings in Redis; a lost ring only costs the time until the next look.
"""

import threading
import time
from uuid import UUID

from django.db import connection
from redis import RedisError

from commerce.redis import client

from ..domain import UNDECIDED
from ..interface import Status
from ..models import Order

LOOK = 0.4  # seconds from one look at the order to the next; less than a client's TIMEOUT
KEPT = 30  # seconds a ring that nobody waits for is kept
WAITERS = threading.BoundedSemaphore(4)  # threads of one process that may wait at once
UNSETTLED = [status.value for status in (*UNDECIDED, Status.ACCEPTED)]


def wait_until_settled(*, order: UUID, seconds: float) -> None:
    """Return when the workers have confirmed an order, or after so many seconds.

    Nobody holds a database connection while waiting. When many wait already, it returns at once:
    threads that wait for workers must not be all the threads there are.
    """
    if not settles(order) or not WAITERS.acquire(blocking=False):
        return
    try:
        until = time.monotonic() + seconds
        while settles(order) and (left := until - time.monotonic()) > 0:
            connection.close()
            listen(order, min(left, LOOK))
    finally:
        WAITERS.release()


def settles(order: UUID) -> bool:
    """Tell whether the next state is a matter of moments."""
    return Order.objects.filter(pk=order, status__in=UNSETTLED).exists()


def listen(order: UUID, seconds: float) -> None:
    """Return when somebody rings for an order, or after so many seconds."""
    try:
        client("default").blpop([bell(order)], timeout=seconds)
    except RedisError:
        time.sleep(seconds)


def wake(*orders: UUID) -> None:
    """Ring for whoever waits for one of these orders, or comes to wait in a moment."""
    try:
        with client("default").pipeline(transaction=False) as pipeline:
            for order in orders:
                pipeline.lpush(bell(order), 1)
                pipeline.ltrim(bell(order), 0, 0)
                pipeline.expire(bell(order), KEPT)
            pipeline.execute()
    except RedisError:
        return


def bell(order: UUID) -> str:
    """Name the place in Redis where one rings for an order."""
    return f"orders:changed:{order}"
