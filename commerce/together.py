"""Asks once for what many want at the same time.

While some answers are on their way, whoever comes next waits for one of them to arrive and goes
with all others who came meanwhile, as writes of a database share one flush. Nobody waits while few
are asking.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

from commerce import greenlets

K = TypeVar("K")
V = TypeVar("V")


class Round(Generic[K, V]):
    """What is asked together, and the answer to come."""

    def __init__(self, loop: asyncio.AbstractEventLoop, keys: Iterable[K]) -> None:
        self.wanted: dict[K, None] = dict.fromkeys(keys)
        self.turn: asyncio.Future[None] = loop.create_future()  # comes when a place is free
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
    """A question about some things at once, asked in rounds by code that shares its thread.

    So many rounds are under way at once; whoever finds no place gathers for the next one.
    """

    def __init__(self, ask: Callable[[tuple[K, ...]], Mapping[K, V]], at_once: int = 4) -> None:
        self.ask = ask
        self.at_once = at_once
        self.loop: asyncio.AbstractEventLoop | None = None
        self.under_way = 0
        self.gathering: Round[K, V] | None = None

    def __call__(self, keys: Iterable[K]) -> Mapping[K, V]:
        """Return the answers for these and perhaps for others, or the error of asking."""
        if not greenlets.inside():
            return self.ask(tuple(keys))
        loop = asyncio.get_running_loop()
        if self.loop is not loop:
            self.loop, self.under_way, self.gathering = loop, 0, None
        if self.under_way < self.at_once:
            return self.go(Round(loop, keys))
        if self.gathering is None:
            self.gathering = Round(loop, keys)
            greenlets.wait(self.gathering.turn)
            return self.go(self.gathering_no_more())
        self.gathering.wanted.update(dict.fromkeys(keys))
        return greenlets.wait(self.gathering.answer)

    def gathering_no_more(self) -> Round[K, V]:
        """Let whoever comes from now on gather anew."""
        mine, self.gathering = self.gathering, None
        assert mine is not None
        return mine

    def go(self, mine: Round[K, V]) -> Mapping[K, V]:
        """Ask, and give the place to those who gather meanwhile."""
        self.under_way += 1
        try:
            return mine.ask(self.ask)
        finally:
            self.under_way -= 1
            if self.gathering and not self.gathering.turn.done():
                self.gathering.turn.set_result(None)
