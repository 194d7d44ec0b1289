"""Who acts on which fact: functions in `apps.<context>.handlers`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from commerce.roles import QUEUES, Queue

from .facts import Event, check, context_of

E = TypeVar("E", bound=Event)
Handler = TypeVar("Handler", bound=Callable[[Any], None])


class UnknownConsumer(LookupError):
    """No context in this process has a handler of that name."""


@dataclass(frozen=True)
class Consumer:
    """A handler, the fact it waits for, and the queue whose workers run it.

    One that takes `many` is called with a sequence of facts, be it of one.
    """

    name: str
    event: type[Event]
    handle: Callable[[Any], None]
    queue: Queue
    repeatable: bool
    many: bool = False


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


def repeatable_on_many(
    event: type[E], *, queue: Queue = "default"
) -> Callable[[Callable[[Sequence[E]], None]], Callable[[Sequence[E]], None]]:
    """Act on several facts in one go, each of another aggregate, as `repeatable_on` does on one.

    When that fails, and when a fact was tried before, each is acted on by itself: so what the
    handler has to do for one fact must not depend on the others.
    """

    def register(handle: Callable[[Sequence[E]], None]) -> Callable[[Sequence[E]], None]:
        return add(handle, event, queue, repeatable=True, many=True)

    return register


def add(
    handle: Handler, event: type[Event], queue: Queue, *, repeatable: bool, many: bool = False
) -> Handler:
    """Enter a handler in the registry, or say why it cannot be one."""
    context_of(handle.__module__, "handlers")
    check(event)
    name = f"{handle.__module__}.{handle.__qualname__}"
    if name in registry:
        raise TypeError(f"{name} is registered twice; give each fact a handler of its own")
    if queue not in QUEUES:
        raise TypeError(f"{name}: no worker reads the queue {queue!r}; use one of {QUEUES}")
    registry[name] = Consumer(name, event, handle, queue, repeatable, many)
    return handle


def find(name: str) -> Consumer:
    """Return the consumer of that name."""
    if name not in registry:
        raise UnknownConsumer(f"{name}: no installed context has this handler")
    return registry[name]


def of(names: set[str]) -> list[Consumer]:
    """List the consumers of the named facts."""
    return [consumer for consumer in registry.values() if consumer.event.name in names]
