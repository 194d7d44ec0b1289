"""One statement in a transaction of its own, asked a second time when somebody was in its way."""

import random
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import OperationalError

from commerce import greenlets
from commerce.postgres import Row, ask
from commerce.services import ServiceUnavailable

__all__ = ["Row", "ask", "rows", "twice"]

T = TypeVar("T")
IN_THE_WAY = {"55P03", "40P01", "40001"}  # lock not available, deadlock, serialization failure
PAUSE = (0.01, 0.05)  # seconds, at random, so that two who met do not meet again


def rows(sql: str, *parameters: Any) -> list[Row]:
    """Ask one statement; silence of the database is silence of the service."""
    return twice(lambda: ask(sql, *parameters))


def twice(work: Callable[[], T]) -> T:
    """Do something in the database, once more if it only met somebody else's locks."""
    try:
        return work()
    except OperationalError as trouble:
        if sqlstate(trouble) not in IN_THE_WAY:
            raise unavailable(trouble) from trouble
    greenlets.sleep(random.uniform(*PAUSE))
    try:
        return work()
    except OperationalError as trouble:
        raise unavailable(trouble) from trouble


def sqlstate(trouble: OperationalError) -> str | None:
    """Return PostgreSQL's code of an error, if it was PostgreSQL that raised it."""
    return getattr(trouble.__cause__, "sqlstate", None)


def unavailable(trouble: OperationalError) -> ServiceUnavailable:
    """Say it as the caller of a service expects it."""
    return ServiceUnavailable(reason=f"stock: {trouble}".strip())
