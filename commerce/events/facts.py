"""What a fact is: a frozen dataclass in `apps.<context>.events`, named after what happened."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from commerce.services import wire

registry: dict[str, type["Event"]] = {}


class UnknownFact(LookupError):
    """No context in this process declares a fact of that name."""


@dataclass(frozen=True)
class Event(ABC):
    """Something that has happened. Its `name` is its context and class: "orders.OrderPlaced"."""

    name: ClassVar[str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.name = f"{context_of(cls.__module__, 'events')}.{cls.__name__}"
        if cls.name in registry:
            raise TypeError(f"{cls.name} is declared twice")
        registry[cls.name] = cls

    @property
    @abstractmethod
    def aggregate(self) -> str:
        """Name the thing whose facts reach each consumer in order."""


def context_of(module: str, room: str) -> str:
    """Read the context out of a module's path, `apps.<context>.<room>`."""
    match module.split("."):
        case ["apps", context, place, *_] if place == room:
            return context
    raise TypeError(f"{module}: this belongs in apps.<context>.{room}")


@cache
def check(event: type[Event]) -> None:
    """Raise TypeError unless every field of the fact survives the wire."""
    if "__dataclass_params__" not in vars(event):
        raise TypeError(f"{event.name}: decorate it with @dataclass(frozen=True)")
    wire.check(event)


def load(name: str, payload: dict[str, Any]) -> Event:
    """Rebuild a fact from its name and payload."""
    if name not in registry:
        raise UnknownFact(f"{name}: no installed context declares this fact")
    fact: Event = wire.load(registry[name], payload)
    return fact
