"""Workers whom some orders harm: `celery -A tests.gameday.poisoned`; HALLES_POISON says which.

It is `ORDER:HARM` and so on, by the name of a function here.
"""

import ctypes
import os
import signal
from collections.abc import Iterable
from uuid import UUID

import django

django.setup()

from apps.orders import service
from config.celery import app

__all__ = ["app"]
TOO_MUCH = 512 * 2**20  # bytes


class Harmed(Exception):
    """It cannot be done."""


def raises() -> None:
    """Fail."""
    raise Harmed


def segfaults() -> None:
    """Read where nothing is."""
    ctypes.string_at(0)


def swells() -> None:
    """Need more memory than there is, and be killed for it as the kernel does."""
    bytearray(b"x") * TOO_MUCH
    os.kill(os.getpid(), signal.SIGKILL)


HARMS = {each.__name__: each for each in (raises, segfaults, swells)}
POISON = dict(pair.split(":") for pair in os.environ["HALLES_POISON"].split(",") if pair)
confirm = service.confirm


def harming(orders: Iterable[UUID]) -> None:
    """Place orders, unless one of them harms."""
    wanted = list(orders)
    for order in wanted:
        if harm := POISON.get(str(order)):
            HARMS[harm]()
    confirm(wanted)


service.confirm = harming
