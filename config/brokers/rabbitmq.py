"""RabbitMQ: replicated queues, and a publisher who waits until they have the message."""

from typing import Any

from celery.worker import consumer

QUEUE = {"x-queue-type": "quorum"}
DELAYS = "celery.worker.consumer.delayed_delivery:DelayedDelivery"


class Consumer(consumer.Consumer):
    """Does without the 28 queues that Celery keeps for delayed messages: far timers are rows."""

    class Blueprint(consumer.Consumer.Blueprint):  # type: ignore[misc, valid-type]
        default_steps = [
            each for each in consumer.Consumer.Blueprint.default_steps if each != DELAYS
        ]


def options(database: str) -> dict[str, Any]:
    """Have queues that outlive the loss of a machine."""
    return {
        "broker_transport_options": {"confirm_publish": True},
        "worker_consumer": f"{__name__}:Consumer",
    }
