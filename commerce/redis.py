"""Redis clients by purpose, each with its own database so that one can be lost alone."""

import functools

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry


@functools.cache
def client(alias: str = "default") -> "Redis":
    """Return the shared client of `settings.REDIS[alias]`.

    Commands are never sent twice by the client (its default is ten attempts, which would run one
    script many times), and nobody waits longer than TIMEOUT seconds for an answer.
    """
    options = settings.REDIS[alias]
    return Redis.from_url(
        options["LOCATION"],
        socket_timeout=options["TIMEOUT"],
        socket_connect_timeout=options["TIMEOUT"],
        retry=Retry(NoBackoff(), 0),
    )
