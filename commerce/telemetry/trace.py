"""The request id: the W3C trace id that web, worker and service calls of one request share.

The header is that of https://www.w3.org/TR/trace-context/.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import structlog

TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
NOTHING = re.compile("0+")


@dataclass(frozen=True)
class Trace:
    """One request on its way through one process."""

    request: str
    span: str
    flags: str = "01"


current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def request_id() -> str:
    """Return the id of the request being answered, or "" outside of any."""
    trace = current.get()
    return trace.request if trace else ""


def current_traceparent() -> str:
    """Return the header that makes another process go on with this request's id."""
    trace = current.get() or begin(None)
    return f"00-{trace.request}-{trace.span}-{trace.flags}"


def bind(**values: object) -> None:
    """Add values to every further log line of this request."""
    structlog.contextvars.bind_contextvars(**values)


@contextmanager
def following(traceparent: str | None, **values: object) -> Iterator[None]:
    """Do work on behalf of the request that `traceparent` names, or of a new one."""
    before = structlog.contextvars.get_contextvars()
    trace = begin(traceparent)
    token = current.set(trace)
    bind(request_id=trace.request, **values)
    try:
        yield
    finally:
        current.reset(token)
        structlog.contextvars.clear_contextvars()
        bind(**before)


def begin(traceparent: str | None) -> Trace:
    """Continue a valid traceparent; anything else starts a trace of its own."""
    span = secrets.token_hex(8)
    given = TRACEPARENT.fullmatch(traceparent or "")
    if not given or NOTHING.fullmatch(given[1]) or NOTHING.fullmatch(given[2]):
        return Trace(secrets.token_hex(16), span)
    return Trace(given[1], span, given[3])
