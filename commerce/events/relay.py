"""Hands due deliveries to the broker, oldest first, again and again until they are handled."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from celery import current_app
from django.db import InterfaceError, OperationalError, connections, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.db.models.query import QuerySet
from kombu import Producer
from kombu.exceptions import OperationalError as BrokerError
from redis import RedisError

from commerce.services import ServiceUnavailable

from . import consumers, pressure, reader, recurring
from .bell import bell
from .models import Delivery
from .pause import LAST_ATTEMPT, Patience
from .tasks import deliver, deliver_together

log = structlog.get_logger("halles.relay")
DATABASE = (OperationalError, InterfaceError)
BROKER = (BrokerError, RedisError, ConnectionError)
OUTAGES = (*DATABASE, *BROKER, ServiceUnavailable)
BATCH = 100  # deliveries
SOME = 20  # messages on a queue, whose workers are busy; what was handed over is among them
AGE = timedelta(seconds=60)  # overdue, after which it may have been lost all the same
MANY = 1_000  # messages on a queue; one more copy of what may be among them helps nobody
TOGETHER = 10  # deliveries that no worker has begun yet, in one message
POLL = 1  # seconds, should no ring reach the relay
ANY, NEW = Q(), Q(handed=0)
GATHER = 0.05  # seconds from a ring until the relay looks, because a fact seldom comes alone
REPORT = 5  # seconds between two figures for Prometheus
LONGEST_WAIT = 10.0  # seconds between two tries during an outage


def run(stop: threading.Event) -> None:
    """Relay until told to stop, and read the facts of contexts in other processes alongside."""
    jobs = [
        partial(persist, hand_out, partial(listen, stop), stop),
        partial(persist, pressure.report, partial(stop.wait, REPORT), stop),
        *(
            partial(persist, partial(reader.read, context), partial(stop.wait, POLL), stop)
            for context in reader.elsewhere()
        ),
        *(
            partial(persist, task.ask, partial(stop.wait, task.seconds), stop)
            for task in recurring.tasks()
        ),
    ]
    with ThreadPoolExecutor(len(jobs)) as threads:
        running = [threads.submit(job) for job in jobs]
        wait(running, return_when=FIRST_EXCEPTION)
        stop.set()
    for job in running:
        job.result()


def persist(
    work: Callable[[], bool | None], rest: Callable[[], object], stop: threading.Event
) -> None:
    """Work while there is more to do and rest when not; an outage only makes the rests longer."""
    failures = 0
    try:
        while not stop.is_set():
            try:
                if not work():
                    rest()
                failures = 0
            except OUTAGES as outage:
                failures += 1
                log.warning("relay waits", reason=str(outage).strip(), failures=failures)
                connections.close_all()
                stop.wait(min(LONGEST_WAIT, 2 ** min(failures, 9) / 10))
    finally:
        connections.close_all()


def listen(stop: threading.Event) -> None:
    """Wait for a ring, and a moment longer for what is announced next."""
    bell.wait(POLL, stop)
    stop.wait(GATHER)


def hand_out() -> bool:
    """Give a batch to the broker and say whether there may be more."""
    with current_app.producer_or_acquire() as producer:
        batch = claim(which=NEW)
        if len(batch) < BATCH and (queues := late()):
            batch += claim(BATCH - len(batch), lost(lengths(producer, queues)))
        waiting = grouped(batch)
        try:
            while waiting:
                send(waiting[0], producer)
                del waiting[0]
        except OUTAGES:
            give_back(delivery for group in waiting for delivery in group)
            raise
    return len(batch) == BATCH


def grouped(batch: Iterable[Delivery]) -> list[list[Delivery]]:
    """Put together what travels together: by queue, and to a consumer that takes many.

    What a worker has begun before travels alone: it may be what kills its worker.
    """
    alone, fresh = [], defaultdict[tuple[str, str], list[Delivery]](list)
    for delivery in batch:
        if delivery.attempts:
            alone.append([delivery])
        else:
            fresh[delivery.queue, taker_of_many(delivery)].append(delivery)
    groups = (
        each[start : start + TOGETHER]
        for each in fresh.values()
        for start in range(0, len(each), TOGETHER)
    )
    return [*groups, *alone]


def taker_of_many(delivery: Delivery) -> str:
    """Name the consumer of a delivery if it takes many at once."""
    consumer = consumers.registry.get(delivery.consumer)
    return consumer.name if consumer and consumer.many else ""


def claim(limit: int = BATCH, which: Q = ANY) -> list[Delivery]:
    """Take due deliveries: of each consumer and aggregate only the first, none taken already."""
    earlier = Delivery.objects.filter(
        consumer=OuterRef("consumer"), aggregate=OuterRef("aggregate"), fact__lt=OuterRef("fact")
    )
    with transaction.atomic():
        free = Delivery.objects.select_for_update(skip_locked=True).order_by("due_at", "id")
        due = list(free.filter(which, ~Exists(earlier), died_at=None, due_at__lte=Now())[:limit])
        bury(delivery for delivery in due if delivery.attempts >= LAST_ATTEMPT)
        living = [delivery for delivery in due if delivery.attempts < LAST_ATTEMPT]
        rows(living).update(due_at=Now() + Patience(F("handed") + 1), handed=F("handed") + 1)
    return living


def late() -> set[str]:
    """Name the queues with deliveries that were handed over, and no worker has begun in time."""
    due = Delivery.objects.filter(~NEW, died_at=None, due_at__lte=Now())
    return set(due.values_list("queue", flat=True).distinct())


def lost(ahead: dict[str, int]) -> Q:
    """Choose what may have been lost by the broker, going by how many messages wait on a queue.

    Where some wait, its workers are busy, and a copy of what is among them would only keep them
    longer; after a minute it may have been lost all the same.
    """
    quiet = [queue for queue, waiting in ahead.items() if waiting < SOME]
    endless = [queue for queue, waiting in ahead.items() if waiting >= MANY]
    return ~NEW & (Q(queue__in=quiet) | Q(due_at__lte=Now() - AGE)) & ~Q(queue__in=endless)


def rows(deliveries: Iterable[Delivery]) -> QuerySet[Delivery]:
    """Name the rows of some deliveries."""
    return Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries])


def bury(lost: Iterable[Delivery]) -> None:
    """Give up on deliveries whose last attempt took its worker with it."""
    rows(lost).update(died_at=Now(), last_error="The worker was lost during the last attempt.")


def give_back(unsent: Iterable[Delivery]) -> None:
    """Make deliveries that the broker did not take due again, as if they had never been claimed."""
    rows(unsent).update(due_at=Now(), handed=F("handed") - 1)


def lengths(producer: Producer, queues: Iterable[str]) -> dict[str, int]:
    """Count the messages that wait on some queues."""

    def waiting(queue: str) -> int:
        channel: Any = producer.channel
        declared: Any = current_app.amqp.queues[queue](channel).queue_declare()
        return int(declared.message_count)

    connection: Any = producer.connection
    ask = connection.ensure(producer, waiting, max_retries=1)  # as a message is sent
    return {queue: ask(queue) for queue in queues}


def send(group: list[Delivery], producer: Producer) -> None:
    """Put deliveries of one queue on it, in one message."""
    first, *others = group
    task, message = deliver, one_by_one(first, others)
    if others and taker_of_many(first):
        task, message = deliver_together, {"deliveries": [each.pk for each in group]}
    task.apply_async(kwargs=message, queue=first.queue, producer=producer)


def one_by_one(first: Delivery, others: Iterable[Delivery]) -> dict[str, Any]:
    """Say which deliveries travel together, to be handled each by itself."""
    return {
        "delivery": first.pk,
        "attempt": first.attempts,
        "others": [(other.pk, other.attempts) for other in others],
    }
