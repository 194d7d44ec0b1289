"""Amazon SQS: queues by name, made when they are missing; needs the extra `sqs`."""

from typing import Any

from kombu.asynchronous import Hub, get_event_loop, set_event_loop
from kombu.asynchronous.aws.ext import exceptions
from kombu.transport.SQS import Channel, Transport

from .redis import VISIBILITY

QUEUE: dict[str, str] = {}
WAIT = 10  # seconds that Amazon lets a worker wait for a message


class SteadyChannel(Channel):
    """Lets relay and workers outlive the loss of a queue, and of Amazon.

    kombu 5.7 remembers where a queue was, and stumbles over any other answer than messages. Both
    are called what they are, a lost connection: the next one looks for the queue, or makes it. A
    worker that has lost one forgets its event loop, without which it would never poll again.
    """

    do_restore = False  # what was not acknowledged Amazon gives to another worker
    loop: Hub | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        SteadyChannel.loop = set_event_loop(get_event_loop() or self.loop)
        super().__init__(*arguments, **options)

    def _put(self, queue: str, message: dict[str, Any], **options: Any) -> None:
        try:
            super()._put(queue, message, **options)
        except exceptions.ClientError as refusal:
            self._queue_cache.clear()
            raise ConnectionResetError(str(refusal)) from refusal

    def _on_messages_ready(self, queue: str, qname: str, messages: Any) -> int:
        if isinstance(messages, dict):
            answered: int = super()._on_messages_ready(queue, qname, messages)  # type: ignore[misc]
            return answered
        if self.closed:
            return 0
        raise ConnectionResetError(f"no answer from {queue}")


Transport.Channel = SteadyChannel


def options(database: str) -> dict[str, Any]:
    """Keep the queues of databases apart, and ask for nothing but messages."""
    return {
        "broker_transport_options": {
            "visibility_timeout": VISIBILITY,
            "wait_time_seconds": WAIT,
            "polling_interval": 0,
            "queue_name_prefix": f"{database}-",
        },
        "worker_enable_remote_control": False,
    }
