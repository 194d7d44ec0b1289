"""A file that a worker touches as long as it takes messages, for a liveness probe to look at.

A worker can lose its broker, find it again, and still never take another message; an answer to a
ping would not show that. `find $HALLES_HOME/pulse/orders@host -mmin -1` prints nothing then.
"""

from time import monotonic
from typing import Any

from celery import bootsteps
from celery.worker import state
from django.conf import settings

BEAT = 5.0  # seconds
STUCK = 30.0  # seconds in which an idle worker took nothing although something waited


class Pulse(bootsteps.StartStopStep):
    """Beats while the worker is busy, takes messages, or has none to take."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **options: Any) -> None:
        super().__init__(consumer, **options)
        self.path = settings.HALLES_HOME / "pulse" / consumer.hostname
        self.taken, self.moved_at, self.timer = -1, monotonic(), None
        self.queues = list(consumer.app.amqp.queues.consume_from.values())

    def start(self, consumer: Any) -> None:
        """Begin to beat, now that the worker has its broker."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.beat(consumer)
        self.timer = consumer.timer.call_repeatedly(BEAT, self.beat, (consumer,))

    def stop(self, consumer: Any) -> None:
        """Stop beating until the broker is back."""
        if self.timer:
            self.timer.cancel()

    def beat(self, consumer: Any) -> None:
        """Touch the file, unless messages wait in vain."""
        taken = sum(state.total_count.values())
        if taken != self.taken or state.active_requests or not self.waiting(consumer):
            self.taken, self.moved_at = taken, monotonic()
        if monotonic() - self.moved_at < STUCK:
            self.path.touch()

    def waiting(self, consumer: Any) -> bool:
        """Tell whether there are messages on any of the worker's queues."""
        channel = consumer.connection.default_channel
        declared = (queue(channel).queue_declare() for queue in self.queues)
        return any(answer.message_count for answer in declared)
