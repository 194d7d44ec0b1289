"""Who acts on which fact: functions in `apps.<context>.handlers`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from commerce.roles import QUEUES, Queue

from .facts import Event, check, context_of

E = TypeVar("E", bound=Event)


class UnknownConsumer(LookupError):
    """No context in this process has a handler of that name."""


@dataclass(frozen=True)
class Consumer:
    """A handler, the fact it waits for, and the queue whose workers run it."""

    name: str
    event: type[Event]
    handle: Callable[[Any], None]
    queue: Queue
    repeatable: bool


registry: dict[str, Consumer] = {}


def on(
    event: type[E], *, queue: Queue = "default"
) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Act on a fact in one transaction with the note that it was acted on: once in effect."""

    def register(handle: Callable[[E], None]) -> Callable[[E], None]:
        return add(handle, event, queue, repeatable=False)

    return register


def repeatable_on(
    event: type[E], *, queue: Queue = "default"
) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Act on a fact outside any transaction, so that other contexts may be asked.

    It runs again until it has returned once, so everything in it is repeatable by a natural key.
    """

    def register(handle: Callable[[E], None]) -> Callable[[E], None]:
        return add(handle, event, queue, repeatable=True)

    return register


def add(
    handle: Callable[[E], None], event: type[E], queue: Queue, *, repeatable: bool
) -> Callable[[E], None]:
    """Enter a handler in the registry, or say why it cannot be one."""
    context_of(handle.__module__, "handlers")
    check(event)
    name = f"{handle.__module__}.{handle.__qualname__}"
    if name in registry:
        raise TypeError(f"{name} is registered twice; give each fact a handler of its own")
    if queue not in QUEUES:
        raise TypeError(f"{name}: no worker reads the queue {queue!r}; use one of {QUEUES}")
    registry[name] = Consumer(name, event, handle, queue, repeatable)
    return handle


def find(name: str) -> Consumer:
    """Return the consumer of that name."""
    if name not in registry:
        raise UnknownConsumer(f"{name}: no installed context has this handler")
    return registry[name]


def of(names: set[str]) -> list[Consumer]:
    """List the consumers of the named facts."""
    return [consumer for consumer in registry.values() if consumer.event.name in names]
