"""Empties the Redis databases of this test process."""

import functools

from django.conf import settings
from redis import Redis


def empty() -> None:
    """Forget every cart, cache entry and throttle."""
    for location in {entry["LOCATION"] for entry in settings.REDIS.values()}:
        _client(location).flushdb()


@functools.cache
def _client(location: str) -> "Redis":
    return Redis.from_url(location)
