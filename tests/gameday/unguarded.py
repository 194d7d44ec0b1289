"""The shop with one of its guards taken out, to see that a trial notices: a door for Gunicorn.

HALLES_UNGUARDED says which.
"""

import math
import os
from typing import Any

import django

django.setup()

import msgspec
from django.conf import settings

from apps.cart.rest import carts
from commerce import overload
from commerce.rest import bodies
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


{each.__name__: each for each in (patience, proof, strictness, caps)}[
    os.environ["HALLES_UNGUARDED"]
]()
