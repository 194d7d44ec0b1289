"""Wakes the relay at once; a lost ring costs a second, because the relay also looks by itself."""

import threading
from functools import cached_property
from time import monotonic

from django.conf import settings
from django.db import connection
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from commerce import greenlets
from commerce.redis import lines

PATIENCE = 0.02  # seconds a commit may wait for Redis
SILENCE = 2.0  # seconds without ringing after Redis did not answer


class Bell:
    """A bell at the relay's door, one for each database."""

    silent_until = 0.0

    @property
    def key(self) -> str:
        """Where it hangs in Redis."""
        return f"events:bell:{connection.settings_dict['NAME']}"

    @cached_property
    def ringer(self) -> "Redis":
        """A client that would rather give up than slow a shopper down."""
        return self.client(PATIENCE)

    def client(self, timeout: float) -> "Redis":
        """Connect with the given patience in seconds, without trying twice."""
        return Redis.from_url(
            settings.REDIS["default"]["LOCATION"],
            socket_timeout=timeout,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )

    def ring(self) -> None:
        """Wake one relay now, or the next one that comes to listen. Never fails."""
        if monotonic() < self.silent_until:
            return
        try:
            if greenlets.inside():
                self.ring_lightly()
                return
            with self.ringer.pipeline(transaction=False) as pipeline:
                pipeline.lpush(self.key, 1)
                pipeline.ltrim(self.key, 0, 0)
                pipeline.execute()
        except RedisError:
            self.silent_until = monotonic() + SILENCE

    def ring_lightly(self) -> None:
        """Ring without waiting for Redis."""
        line = lines("default")
        line.tell("LPUSH", self.key, 1)
        line.tell("LTRIM", self.key, 0, 0)

    def wait(self, seconds: int, stop: threading.Event) -> None:
        """Return when the bell rings, at the latest after so many seconds."""
        try:
            with self.client(seconds + 1) as listener:
                listener.blpop([self.key], timeout=seconds)
        except RedisError:
            stop.wait(seconds)


bell = Bell()
