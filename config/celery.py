"""The Celery application: messages may be lost or come twice, work is neither.

A message only says which delivery is due; the delivery itself is a row, see `commerce.events`.
"""

import os

from celery import Celery
from celery.signals import worker_init
from django.conf import settings

from commerce import children, postgres

from .brokers import suited

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")

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


@worker_init.connect
def let_shoppers_go_first(**_: object) -> None:
    """Give way, on a machine that serves shoppers too: what was promised can wait a moment."""
    children.give_way()


@app.on_after_configure.connect
def suit_broker(sender: Celery, **_: object) -> None:
    """Add the options that depend on which broker the settings name."""
    database = settings.DATABASES["default"]["NAME"]
    sender.conf.update(suited(sender.conf.broker_url, database))
