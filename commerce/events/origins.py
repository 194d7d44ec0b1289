"""On whose behalf something is announced while facts of many requests are handled in one go."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

from commerce.telemetry import following

from .facts import Event

traceparents: ContextVar[Mapping[str, str]] = ContextVar("traceparents")  # by aggregate


@contextmanager
def on_behalf_of(requests: Mapping[str, str]) -> Iterator[None]:
    """Handle facts of these aggregates, each announced by a request of its own."""
    token = traceparents.set(requests)
    try:
        yield
    finally:
        traceparents.reset(token)


def origin_of(fact: Event) -> AbstractContextManager[None]:
    """Go on with the request whose fact of the same aggregate is being handled."""
    traceparent = traceparents.get({}).get(fact.aggregate)
    return following(traceparent) if traceparent else nullcontext()
