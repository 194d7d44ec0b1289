"""Leaves a provider alone that does not answer, so that nobody spends their time on waiting.

All processes count its failures together, in Redis: five in thirty seconds, and nobody asks for
thirty seconds. Then one more failure is enough to wait again. Answers in between change nothing: a
provider that tells how payments stand and takes no money is as slow as one that is silent. While
Redis is away providers are simply asked.
"""

import functools
import time
from collections.abc import Callable
from typing import TypeVar

import redis
import structlog

from apps.payments.domain import NoAnswer
from commerce.redis import client
from commerce.telemetry.metrics import FAILED_OPEN

FAILURES = 5
WINDOW = 30  # seconds
LOOK = 1.0  # seconds between two looks at what the other processes found
T = TypeVar("T")
log = structlog.get_logger("halles.payments")


class Breaker:
    """The failures of one provider, as this process knows them."""

    def __init__(self, name: str) -> None:
        self.open, self.failures = (f"payments:{what}:{name}" for what in ("open", "failures"))
        self.name = name
        self.looks_at = 0.0
        self.is_open = False

    def call(self, question: Callable[[], T]) -> T:
        """Ask, unless the provider is left alone; raises NoAnswer."""
        if self.is_left_alone():
            raise NoAnswer(f"{self.name} is left alone for a while")
        try:
            return question()
        except NoAnswer:
            self.count()
            raise

    def is_left_alone(self) -> bool:
        """Tell whether nobody asks now; Redis is looked at once a second."""
        if time.monotonic() >= self.looks_at:
            self.looks_at = time.monotonic() + LOOK
            try:
                self.is_open = bool(client().exists(self.open))
            except redis.RedisError:
                self.fail_open()
        return self.is_open

    def count(self) -> None:
        """Note a failure, and leave the provider alone when there are too many."""
        try:
            failures = int(client().incr(self.failures))
            if failures == 1:
                client().expire(self.failures, WINDOW)
            if failures >= FAILURES:
                self.leave_alone()
        except redis.RedisError:
            self.fail_open()

    def leave_alone(self) -> None:
        """Have nobody ask for a while, and be quick to do so again."""
        with client().pipeline() as together:
            together.set(self.open, 1, ex=WINDOW)
            together.set(self.failures, FAILURES - 1, ex=2 * WINDOW)
            together.execute()
        self.is_open, self.looks_at = True, time.monotonic() + LOOK
        log.error("payment provider left alone", provider=self.name, seconds=WINDOW)

    def fail_open(self) -> None:
        """Ask the provider though nobody knows whether it answers."""
        self.is_open = False
        FAILED_OPEN.labels("payment-breaker").inc()


@functools.cache
def breaker(name: str) -> Breaker:
    """Return this process's breaker for a provider."""
    return Breaker(name)
