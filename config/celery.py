"""The Celery application: messages may be lost or come twice, work is neither.

A message only says which delivery is due; the delivery itself is a row, see `commerce.events`.
"""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init
from django.conf import settings
from kombu import Exchange, Queue
from kombu.transport.redis import Channel, Transport

from commerce import postgres
from commerce.roles import QUEUES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")

VISIBILITY = 120  # seconds until an unacknowledged message is given to another worker


class SteadyChannel(Channel):
    """Lets a worker outlive its Redis.

    kombu 5.7 puts unacknowledged messages back through the connection it has just closed, and
    stumbles when one is acknowledged there; with either the worker ends. Ours need not be put back:
    what they tell of is due again soon. A lost connection is called so, which workers survive.
    """

    do_restore = False

    def _get_pool(self, asynchronous: bool = False) -> Any:
        if self.connection is None:
            raise ConnectionResetError("the connection to Redis is gone")
        return super()._get_pool(asynchronous)  # type: ignore[misc]


Transport.Channel = SteadyChannel

app = Celery("halles")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    # What a worker was doing when it died is done again.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_soft_shutdown_timeout=30.0,
    task_soft_time_limit=45,
    task_time_limit=60,
    # Nobody waits for results, and nothing but JSON is ever read.
    task_ignore_result=True,
    task_serializer="json",
    result_serializer="json",
    event_serializer="json",
    accept_content=["json"],
    task_default_queue="default",
    task_create_missing_queues=False,
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
    timezone="UTC",
)
app.autodiscover_tasks()
app.steps["consumer"].add("commerce.events.pulse:Pulse")


@worker_init.connect
def limit_statements(**_: object) -> None:
    """Let no task wait for the database for long: it is tried again."""
    postgres.limit()


@app.on_after_configure.connect
def suit_broker(sender: Celery, **_: object) -> None:
    """Add the options that depend on which broker the settings name."""
    database = settings.DATABASES["default"]["NAME"]
    sender.conf.update(suited(sender.conf.broker_url, database))


def suited(broker_url: str, database: str) -> dict[str, Any]:
    """Return the options for a broker: quorum queues, or messages that come back by themselves.

    Messages name rows of one database, so services that share a Redis are kept apart by its name;
    on RabbitMQ give each a virtual host.
    """
    if broker_url.startswith(("amqp", "pyamqp")):
        quorum = {"x-queue-type": "quorum"}
        return {
            "task_queues": [queue(name, quorum) for name in QUEUES],
            "broker_transport_options": {"confirm_publish": True},
        }
    redis = {
        "visibility_timeout": VISIBILITY,
        "unacked_restore_throttle": 1,
        "global_keyprefix": f"{database}:",
        "socket_connect_timeout": 3,
    }
    return {
        "task_queues": [queue(name) for name in QUEUES],
        "broker_transport_options": redis,
    }


def queue(name: str, arguments: dict[str, str] | None = None) -> Queue:
    """Describe a queue that gets its own messages and no others."""
    return Queue(name, Exchange(name), routing_key=name, queue_arguments=arguments)
