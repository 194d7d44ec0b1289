"""The request id: the W3C trace id that web, worker and service calls of one request share.

The header is that of https://www.w3.org/TR/trace-context/.
"""

import os
import re
from collections.abc import Mapping
from contextvars import ContextVar, Token

import msgspec
from msgspec.structs import replace

TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
NOTHING = re.compile("0+")


class Trace(msgspec.Struct, frozen=True):
    """One request on its way through one process, and what else its log lines say."""

    request: str
    span: str
    bound: Mapping[str, object]
    flags: str = "01"


current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def request_id() -> str:
    """Return the id of the request being answered, or "" outside of any."""
    trace = current.get()
    return trace.request if trace else ""


def current_traceparent() -> str:
    """Return the header that makes another process go on with this request's id."""
    trace = current.get() or begin(None, {})
    return f"00-{trace.request}-{trace.span}-{trace.flags}"


def bound() -> dict[str, object]:
    """Return what every log line of the request being answered says."""
    trace = current.get()
    return {"request_id": trace.request, **trace.bound} if trace else {}


def bind(**values: object) -> None:
    """Add values to every further log line of this request."""
    if trace := current.get():
        current.set(replace(trace, bound={**trace.bound, **values}))


class following:  # noqa: N801 - a context, like contextlib.suppress
    """Do work on behalf of the request that `traceparent` names, or of a new one."""

    def __init__(self, traceparent: str | None, **values: object) -> None:
        outer = current.get()
        self.trace = begin(traceparent, {**outer.bound, **values} if outer else values)

    def __enter__(self) -> None:
        self.token: Token[Trace | None] = current.set(self.trace)

    def __exit__(self, *problem: object) -> None:
        current.reset(self.token)


def begin(traceparent: str | None, values: Mapping[str, object]) -> Trace:
    """Continue a valid traceparent; anything else starts a trace of its own."""
    fresh = os.urandom(24).hex()
    request, span = fresh[:32], fresh[32:]
    given = TRACEPARENT.fullmatch(traceparent or "")
    if not given or NOTHING.fullmatch(given[1]) or NOTHING.fullmatch(given[2]):
        return Trace(request, span, values)
    return Trace(given[1], span, values, given[3])
