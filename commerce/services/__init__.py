"""How one context talks to another.

A context says what it offers once, as a `Service` class in `apps/<context>/interface.py`.
Callers use the handle that `connect` makes. `settings.SERVICES` decides whether the answer
comes from this process or from another one, and the caller cannot tell.
"""

import functools
import inspect
import typing
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.db import connections
from django.dispatch import receiver
from django.utils.module_loading import import_string

from commerce import greenlets
from commerce.telemetry.metrics import service_call

from . import wire

S = TypeVar("S", bound="Service")
F = TypeVar("F", bound=Callable[..., Any])


@typing.dataclass_transform(kw_only_default=True, eq_default=False)
class ServiceError(Exception):
    """A refusal the caller is expected to handle; its fields cross the wire with it."""

    def __init_subclass__(cls) -> None:
        dataclass(kw_only=True, eq=False)(cls)

    def __str__(self) -> str:
        refusal: Any = type(self)
        return ", ".join(f"{name}={getattr(self, name)!r}" for name in wire.parts(refusal))


class ServiceUnavailable(ServiceError):
    """Nobody answered in time. The call may or may not have happened, so repeat it."""

    reason: str


def operation(function: F) -> F:
    """Offer a method to other contexts. Calling it again with the same arguments is harmless."""
    function.is_operation = True  # type: ignore[attr-defined]
    return abstractmethod(function)


def light(function: F) -> F:
    """Say of a provider's method that it blocks nobody, see `commerce.greenlets`."""
    function.is_light = True  # type: ignore[attr-defined]
    return function


class Service(ABC):
    """What one context promises the others."""

    name: ClassVar[str]
    errors: ClassVar[tuple[type[ServiceError], ...]] = ()

    @classmethod
    @functools.cache
    def operations(cls) -> "dict[str, Operation]":
        """List what is offered, by name."""
        offered = {n: f for n, f in vars(cls).items() if getattr(f, "is_operation", False)}
        return {name: Operation(name, function) for name, function in offered.items()}


class Operation:
    """One offered method, with the types its arguments and answer have on the wire."""

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self.name = name
        self.types = typing.get_type_hints(function)
        self.answer = self.types.pop("return")
        parameters = list(inspect.signature(function).parameters.values())[1:]
        self.optional = {p.name for p in parameters if p.default is not p.empty}
        for parameter in parameters:
            if parameter.kind is not parameter.KEYWORD_ONLY:
                raise TypeError(f"{function.__qualname__}: make {parameter.name} keyword-only")
        for shape in (*self.types.values(), self.answer):
            wire.check(shape)

    def dump_arguments(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Turn a call's arguments into plain JSON values."""
        return {name: wire.dump(self.types[name], value) for name, value in arguments.items()}

    def load_arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Rebuild a call's arguments; what a newer caller says more is ignored."""
        given = dict(data)
        if missing := self.types.keys() - self.optional - given.keys():
            raise ValueError(f"{self.name} needs {', '.join(sorted(missing))}")
        return {n: wire.load(shape, given[n]) for n, shape in self.types.items() if n in given}


class Stub(ABC):
    """A provider that passes every operation on through `call`."""

    def __init__(self, interface: type[Service]) -> None:
        self.interface = interface
        for name, offered in interface.operations().items():
            setattr(self, name, functools.partial(self.call, offered))

    @abstractmethod
    def call(self, operation: Operation, /, **arguments: Any) -> Any:
        """Answer one operation, or raise one of the interface's errors."""


registry: dict[str, type[Service]] = {}


def connect(interface: type[S]) -> S:
    """Return the handle other contexts import."""
    interface.operations()
    for error in interface.errors:
        wire.check(error)
    registry[interface.name] = interface
    return typing.cast("S", Handle(interface))


class Handle:
    """Stands in for a service and asks the settings, on first use, who provides it."""

    def __init__(self, interface: type[Service]) -> None:
        self._interface = interface

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in self._interface.operations():
            raise AttributeError(f"{self._interface.name} offers no {name}")

        def call(**arguments: Any) -> Any:
            if not greenlets.inside():  # where there are no transactions
                refuse_inside_transaction(f"{self._interface.name}.{name}")
            with service_call(self._interface.name, name):
                answer = getattr(provider(self._interface), name)
                if getattr(answer, "is_light", False):
                    return answer(**arguments)
                return greenlets.aside(answer, **arguments)

        return call


@functools.cache
def provider(interface: type[Service]) -> Any:
    """Build whatever `settings.SERVICES` names as the provider of an interface."""
    try:
        options = dict(settings.SERVICES[interface.name])
    except KeyError:
        raise ImproperlyConfigured(f"SERVICES has no entry for {interface.name!r}") from None
    backend = import_string(options.pop("BACKEND"))
    return backend(interface, **options) if issubclass(backend, Stub) else backend()


@receiver(setting_changed)
def forget_providers(*, setting: str, **kwargs: Any) -> None:
    """Let a test or a reload change who answers."""
    if setting == "SERVICES":
        provider.cache_clear()


def refuse_inside_transaction(called: str) -> None:
    """Raise if the caller holds a transaction open: a split would quietly break its atomicity."""
    for connection in connections.all(initialized_only=True):
        blocks: list[Any] = connection.atomic_blocks
        if blocks and not blocks[-1]._from_testcase:
            raise RuntimeError(f"{called} may not be called inside a transaction")
