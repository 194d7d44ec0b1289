"""Celery's options for each broker that the settings may name; all three are tested alike.

A broker may lose every message at any moment: what they tell of is a row, and due again soon.
"""

from importlib import import_module
from typing import Any

from kombu import Exchange, Queue

from commerce.roles import QUEUES

KINDS = {
    **dict.fromkeys(("redis", "rediss", "redis+socket"), "redis"),
    **dict.fromkeys(("amqp", "amqps"), "rabbitmq"),
    "sqs": "sqs",
}


def suited(broker_url: str, database: str) -> dict[str, Any]:
    """Return the options for a broker.

    Messages name rows of one database, so services that share a Redis or an account at Amazon are
    kept apart by its name; on RabbitMQ give each a virtual host.
    """
    broker = import_module(f"{__name__}.{KINDS[broker_url.partition(':')[0]]}")
    options: dict[str, Any] = broker.options(database)
    return {"task_queues": [queue(name, broker.QUEUE) for name in QUEUES]} | options


def queue(name: str, arguments: dict[str, str]) -> Queue:
    """Describe a queue that gets its own messages and no others."""
    return Queue(name, Exchange(name), routing_key=name, queue_arguments=arguments)
