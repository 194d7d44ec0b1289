"""Until when an answer is of use to whoever asked first."""

import contextlib
import time
from collections.abc import Iterator
from contextvars import ContextVar

HEADER = "X-Service-Deadline"

_until: ContextVar[float | None] = ContextVar("deadline", default=None)


def remaining(limit: float) -> float:
    """Seconds a call may take: its own limit, or what is left to whoever asked us."""
    until = _until.get()
    return limit if until is None else min(limit, until - time.monotonic())


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give everything asked inside the block this many seconds altogether."""
    token = _until.set(time.monotonic() + remaining(seconds))
    try:
        yield
    finally:
        _until.reset(token)
