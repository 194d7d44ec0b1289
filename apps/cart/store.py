"""Carts in Redis: one document each, changed by one at a time, so that no tab loses a change."""

import random
import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace
from redis.exceptions import RedisError

from commerce import greenlets
from commerce.redis import Command, lines, script
from commerce.services import ServiceUnavailable

from .domain import Document

DOCUMENT = msgspec.json.Decoder(Document)
LIFETIME = 30 * 24 * 3600  # seconds a cart is kept after its last change
ANSWER_LIFETIME = 24 * 3600  # seconds
TURN = 5_000  # milliseconds until the turn of somebody who died ends by itself
PATIENCE = 2.0  # seconds to wait for one's turn
PAUSE = (0.002, 0.02)  # seconds between two tries, at random

# All keys of a cart share a hash tag, so that a cluster keeps them together: the document, whose
# turn it is (a token, and the request it is for), and what a request was answered before.
TAKE_TURN = """
local kept = KEYS[3] and redis.call('GET', KEYS[3])
if kept then return {'kept', kept} end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then
    return {'turn', redis.call('GET', KEYS[1]) or ''}
end
local other = redis.call('GET', KEYS[2])
return {KEYS[3] and string.sub(other, 17) == string.sub(ARGV[1], 17) and 'twin' or 'wait', ''}
"""
KEEP = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
redis.call('DEL', KEYS[2])
if KEYS[3] then redis.call('SET', KEYS[3], ARGV[4], 'EX', ARGV[5]) end
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


class Answered(Exception):
    """The request has been answered before, and this is what was kept of it."""

    def __init__(self, kept: bytes) -> None:
        super().__init__("answered before")
        self.kept = kept


class Twin(Exception):
    """The same request has the turn."""


class Turn:
    """The right to change a cart, for as long as nobody else can have it; `found` is the cart.

    Whoever wants it waits until nobody else has it, unless that raises Answered or Twin.
    `request` tells a request from all others: it has one turn at most, and if an answer is kept
    with the change, none afterwards. What else has to be asked of Redis goes along when the turn
    begins, with `answers`, and what is to be told it when the turn ends, as `news`.
    """

    def __init__(self, cart: UUID, request: str = "", questions: Sequence[Command] = ()) -> None:
        self.cart = cart
        self.request = request
        self.questions = questions
        self.answers: Sequence[Any] = ()
        self.news: Sequence[Command] = ()
        self.token = secrets.token_hex(8) + request  # 16 characters first, see TAKE_TURN
        self.over = False
        self.found = self._begin()

    def __enter__(self) -> "Turn":
        return self

    def __exit__(self, *problem: object) -> None:
        self.end()

    def keep(
        self, document: Document, answer: Callable[[Document], bytes] | None = None
    ) -> Document:
        """Keep the next version of the cart, which ends the turn, and what it is answered."""
        following = replace(document, version=document.version + 1)
        values: list[bytes | int] = [msgspec.json.encode(following), LIFETIME]
        if answer and self.request:
            values += [answer(following), ANSWER_LIFETIME]
        self._end(KEEP, *values)
        return following

    def forget(self) -> None:
        """Drop the cart, which ends the turn."""
        self._end(FORGET)

    def end(self) -> None:
        """Let the next one change the cart."""
        if not self.over:
            self._run(END_TURN, others=self.news)

    def _begin(self) -> Document | None:
        give_up = time.monotonic() + PATIENCE
        while True:
            (outcome, found), *self.answers = self._run(TAKE_TURN, TURN, others=self.questions)
            match outcome:
                case b"turn":
                    return read(found) if found else None
                case b"kept":
                    raise Answered(found)
                case b"twin":
                    raise Twin
            if time.monotonic() > give_up:
                raise ServiceUnavailable(reason=f"cart {self.cart} is being changed")
            greenlets.sleep(random.uniform(*PAUSE))

    def _end(self, script: str, *values: bytes | int) -> None:
        self.over = True
        if not self._run(script, *values, others=self.news)[0]:
            raise ServiceUnavailable(reason=f"the turn at cart {self.cart} took too long")

    def _run(self, source: str, *values: str | bytes | int, others: Sequence[Command]) -> list[Any]:
        """Run a script on the keys of the cart, and other commands with it."""
        keys = places(self.cart)
        if self.request:
            keys = (*keys, f"{keys[0]}:answer:{self.request}")
        try:
            return script("carts", source).with_others(keys, (self.token, *values), others)
        except RedisError as problem:
            raise unavailable(problem) from problem


def load(cart: UUID) -> Document | None:
    """Return the cart as it is kept, or None."""
    try:
        found: Any = lines("carts").ask("GET", places(cart)[0])
    except RedisError as problem:
        raise unavailable(problem) from problem
    return read(found) if found else None


def unavailable(problem: RedisError) -> ServiceUnavailable:
    """Say it as the callers of a service expect it."""
    return ServiceUnavailable(reason=f"carts: {problem}")


def read(text: bytes) -> Document:
    """Read a kept document."""
    return DOCUMENT.decode(text)


def places(cart: UUID) -> tuple[str, ...]:
    """Name the keys of a cart: the document, and whose turn it is."""
    document = f"cart:{{{cart}}}"
    return document, f"{document}:turn"
