"""Asks once for what many want at the same time.

While an answer is on its way, whoever comes next waits for it to arrive and goes with all others
who came meanwhile, as writes of a database share one flush. Nobody waits when nobody is asking.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Generic, TypeVar

from commerce import greenlets

K = TypeVar("K")
V = TypeVar("V")


class Round(Generic[K, V]):
    """What is asked together, and the answer to come."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.wanted: dict[K, None] = {}
        self.answer: asyncio.Future[Mapping[K, V]] = loop.create_future()

    def ask(self, ask: Callable[[tuple[K, ...]], Mapping[K, V]]) -> Mapping[K, V]:
        """Ask for everything that is wanted, and tell everybody."""
        try:
            found = ask(tuple(self.wanted))
        except BaseException as problem:
            self.answer.set_exception(problem)
            self.answer.exception()  # somebody has seen it, also if nobody else waits
            raise
        self.answer.set_result(found)
        return found


class Together(Generic[K, V]):
    """A question about some things at once, asked in rounds by code that shares its thread."""

    def __init__(self, ask: Callable[[tuple[K, ...]], Mapping[K, V]]) -> None:
        self.ask = ask
        self.loop: asyncio.AbstractEventLoop | None = None
        self.asking: Round[K, V] | None = None
        self.gathering: Round[K, V] | None = None

    def __call__(self, keys: Iterable[K]) -> Mapping[K, V]:
        """Return the answers for these and perhaps for others, or the error of asking."""
        if not greenlets.inside():
            return self.ask(tuple(keys))
        loop = asyncio.get_running_loop()
        if self.loop is not loop:
            self.loop, self.asking, self.gathering = loop, None, None
        if self.gathering:
            self.gathering.wanted.update(dict.fromkeys(keys))
            return greenlets.wait(self.gathering.answer)
        mine = self.gathering = Round(loop)
        mine.wanted.update(dict.fromkeys(keys))
        self.await_turn()
        self.asking, self.gathering = mine, None
        try:
            return mine.ask(self.ask)
        finally:
            self.asking = None

    def await_turn(self) -> None:
        """Wait until the round under way has its answer, whatever that is."""
        if self.asking:
            with suppress(Exception):
                greenlets.wait(self.asking.answer)
