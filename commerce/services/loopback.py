"""A provider in this process that is reached through the wire format. Tests use it."""

from typing import Any

from django.utils.module_loading import import_string

from . import Operation, Service, Stub, wire


class Loopback(Stub):
    """Sends each call and each answer through JSON, so that nothing richer slips across."""

    def __init__(self, interface: type[Service], *, PROVIDER: str) -> None:
        super().__init__(interface)
        self.provider = import_string(PROVIDER)()

    def call(self, operation: Operation, /, **arguments: Any) -> Any:
        sent = through_json(operation.dump_arguments(arguments))
        try:
            answer = getattr(self.provider, operation.name)(**operation.load_arguments(sent))
        except self.interface.errors as refusal:
            detail = through_json(wire.dump(type(refusal), refusal))
            raise wire.load(type(refusal), detail) from None
        return wire.load(operation.answer, through_json(wire.dump(operation.answer, answer)))


def through_json(data: Any) -> Any:
    """Write data and read it back, as another process would."""
    return wire.decode(wire.encode(data))
