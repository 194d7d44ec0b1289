"""Carts in Redis: one document each, changed by one at a time, so that no tab loses a change."""

import random
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace
from redis.exceptions import RedisError

from commerce.redis import client, script
from commerce.services import ServiceUnavailable

from .domain import Document

DOCUMENT = msgspec.json.Decoder(Document)
LIFETIME = 30 * 24 * 3600  # seconds a cart is kept after its last change
TURN = 5_000  # milliseconds until the turn of somebody who died ends by itself
PATIENCE = 2.0  # seconds to wait for one's turn
PAUSE = (0.002, 0.02)  # seconds between two tries, at random

# Both keys of a cart share a hash tag, so that a cluster keeps them together.
TAKE_TURN = """
if not redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return false end
return redis.call('GET', KEYS[1]) or ''
"""
KEEP = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
redis.call('DEL', KEYS[2])
return 1
"""
FORGET = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1], KEYS[2])
return 1
"""
END_TURN = """
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
return 1
"""


class Turn:
    """The right to change a cart, for as long as nobody else can have it; `found` is the cart."""

    def __init__(self, cart: UUID) -> None:
        self.cart = cart
        self.token = secrets.token_hex(8)
        self.over = False
        self.found = self._begin()

    def keep(self, document: Document) -> Document:
        """Keep the next version of the cart, which ends the turn."""
        following = replace(document, version=document.version + 1)
        self._end(KEEP, msgspec.json.encode(following), LIFETIME)
        return following

    def forget(self) -> None:
        """Drop the cart, which ends the turn."""
        self._end(FORGET)

    def end(self) -> None:
        """Let the next one change the cart."""
        if not self.over:
            run(END_TURN, self.cart, self.token)

    def _begin(self) -> Document | None:
        give_up = time.monotonic() + PATIENCE
        while (found := run(TAKE_TURN, self.cart, self.token, TURN)) is None:
            if time.monotonic() > give_up:
                raise ServiceUnavailable(reason=f"cart {self.cart} is being changed")
            time.sleep(random.uniform(*PAUSE))
        return read(found) if found else None

    def _end(self, script: str, *values: bytes | int) -> None:
        self.over = True
        if not run(script, self.cart, self.token, *values):
            raise ServiceUnavailable(reason=f"the turn at cart {self.cart} took too long")


@contextmanager
def turn(cart: UUID) -> Iterator[Turn]:
    """Wait until nobody else changes a cart."""
    mine = Turn(cart)
    try:
        yield mine
    finally:
        mine.end()


def load(cart: UUID) -> Document | None:
    """Return the cart as it is kept, or None."""
    try:
        found: Any = client("carts").get(places(cart)[0])
    except RedisError as problem:
        raise unavailable(problem) from problem
    return read(found) if found else None


def run(source: str, cart: UUID, *values: str | bytes | int) -> Any:
    """Run a script on the two keys of a cart."""
    try:
        return script("carts", source)(keys=places(cart), args=values)
    except RedisError as problem:
        raise unavailable(problem) from problem


def unavailable(problem: RedisError) -> ServiceUnavailable:
    """Say it as the callers of a service expect it."""
    return ServiceUnavailable(reason=f"carts: {problem}")


def read(text: bytes) -> Document:
    """Read a kept document."""
    return DOCUMENT.decode(text)


def places(cart: UUID) -> tuple[str, str]:
    """Name the keys of a cart: the document, and whose turn it is."""
    return f"cart:{{{cart}}}", f"cart:{{{cart}}}:turn"
