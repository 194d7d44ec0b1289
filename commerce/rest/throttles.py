"""Limits: one token bucket per caller and class of route, in Redis, or here when Redis is away.

A process lets a caller do a twentieth of a quota before it asks Redis, and tells Redis of all of
it when it does. So most shoppers cost no question, and whoever comes near the limit is counted
exactly.
"""

import contextlib
import math
import threading
import time

import msgspec
import redis
from django.conf import settings
from django.http import HttpRequest

from commerce.redis import client, script
from commerce.settled import settled
from commerce.telemetry.metrics import FAILED_OPEN

from .credentials import address
from .problems import Problem

WINDOW = 60  # seconds in which a bucket fills up
LOOPBACK = 100  # times as much for the machine itself: load tests, proxies nobody declared
PAUSE = 1.0  # seconds without Redis after it failed to answer
MOST_BUCKETS = 10_000  # kept in this process at once
UNASKED = {"read": 20, "write": 20, "hold": 20}  # one in so many of a quota; none of others

TAKE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local quota, rate = tonumber(ARGV[1]), ARGV[1] / ARGV[2]
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(bucket[1] or quota) + math.max(0, now - (bucket[2] or now)) * rate
tokens = math.min(quota, tokens)
local allowed = tokens >= 1 or tonumber(ARGV[3]) < 0
if allowed then tokens = math.max(0, tokens - ARGV[3]) end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', string.format('%.6f', now))
redis.call('EXPIRE', KEYS[1], ARGV[2] + 1)
return {allowed and 1 or 0, tostring(tokens)}
"""


class Level(msgspec.Struct, frozen=True):
    """What is left in a bucket after somebody took from it."""

    name: str
    quota: int
    allowed: bool
    tokens: float

    @property
    def wait(self) -> int:
        """Seconds until one more request will be allowed."""
        return max(1, math.ceil((1 - self.tokens) * WINDOW / self.quota))

    @property
    def headers(self) -> dict[str, str]:
        """Write the level as draft-ietf-httpapi-ratelimit-headers-10 does."""
        refill = math.ceil((self.quota - self.tokens) * WINDOW / self.quota)
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.quota};w={WINDOW}',
            "RateLimit": f'"{self.name}";r={int(self.tokens)};t={refill}',
        }


class LocalBuckets:
    """The same buckets in this process, for as long as Redis does not answer."""

    def __init__(self) -> None:
        self.buckets: dict[str, tuple[float, float]] = {}
        self.lock = threading.Lock()
        self.until = 0.0

    @property
    def in_charge(self) -> bool:
        """Whether Redis failed a moment ago and is left alone."""
        return time.monotonic() < self.until

    def take_over(self) -> None:
        """Stop asking Redis for a moment."""
        self.until = time.monotonic() + PAUSE

    def take(self, bucket: str, quota: int, window: int, wanted: int = 1) -> tuple[bool, float]:
        """Take a token, none, or put one back; returns whether there was one, and what is left."""
        now = time.monotonic()
        with self.lock:
            if len(self.buckets) >= MOST_BUCKETS:
                self.buckets.clear()
            tokens, at = self.buckets.get(bucket, (float(quota), now))
            tokens = min(quota, tokens + (now - at) * quota / window)
            allowed = tokens >= 1 or wanted < 0
            left = tokens - wanted if allowed else tokens
            self.buckets[bucket] = (left, now)
        return allowed, left


class Unasked:
    """How much each caller did in this window without Redis being asked.

    Two threads may count one request between them, which gives it away; no lock is worth that.
    """

    def __init__(self) -> None:
        self.done: dict[str, int] = {}
        self.until = 0.0

    def count(self, bucket: str) -> int:
        """Count one more, and return how many there are."""
        now = time.monotonic()
        if now > self.until or len(self.done) >= 10 * MOST_BUCKETS:
            self.done, self.until = {}, now + WINDOW
        self.done[bucket] = done = self.done.get(bucket, 0) + 1
        return done


local = LocalBuckets()
unasked = Unasked()


def take(request: HttpRequest, name: str, bucket: str) -> Level | None:
    """Count a request against a class of routes (requests a minute); None when limits are off."""
    quotas = limits()
    if not quotas:
        return None
    quota = quotas[name] * times(address(request))
    level = Level(name, quota, *admit(f"{name}:{bucket}", quota, free_of(name, quota)))
    if not level.allowed:
        raise Problem("rate-limited", retry_after=level.wait, headers=level.headers)
    return level


def times(address: str) -> int:
    """Say how many times as much may come from an address as from one of a shopper."""
    return LOOPBACK if address in {"127.0.0.1", "::1", ""} else 1


@settled
def limits() -> dict[str, int]:
    """List the quotas by class of routes; none when limits are off."""
    return dict(settings.RATE_LIMITS) if settings.LIMITS else {}


def free_of(name: str, quota: int) -> int:
    """Return how many requests of a class a process may let through unasked."""
    return quota // UNASKED[name] if name in UNASKED else 0


def admit(bucket: str, quota: int, free: int) -> tuple[bool, float]:
    """Take a token, and with the first that is not free all those that were."""
    if not free:
        return count(bucket, quota)
    done = unasked.count(bucket)
    if done <= free:
        return True, float(quota - done)
    return count(bucket, quota, tokens=done if done == free + 1 else 1)


def wait(bucket: str, quota: int, window: int) -> int:
    """Take a token from a bucket that fills in `window` seconds; returns 0, or seconds to wait."""
    if not settings.LIMITS:
        return 0
    allowed, tokens = count(bucket, quota, window)
    return 0 if allowed else max(1, math.ceil((1 - tokens) * window / quota))


def give_back(bucket: str, quota: int, window: int) -> None:
    """Put a token back that was not needed after all."""
    if settings.LIMITS:
        count(bucket, quota, window, tokens=-1)


def forget(bucket: str) -> None:
    """Fill a bucket up again."""
    local.buckets.pop(bucket, None)
    with contextlib.suppress(redis.RedisError):
        client("throttles").delete(bucket)


def count(bucket: str, quota: int, window: int = WINDOW, *, tokens: int = 1) -> tuple[bool, float]:
    """Take tokens from the bucket if it has one, wherever buckets are right now.

    To take none is to look whether there is one; fewer than none are put back.
    """
    if not local.in_charge:
        try:
            took = script("throttles", TAKE)(keys=[bucket], args=[quota, window, tokens])
            return bool(took[0]), float(took[1])
        except redis.RedisError:
            local.take_over()
    FAILED_OPEN.labels("throttle").inc()
    return local.take(bucket, quota, window, min(tokens, 1))
