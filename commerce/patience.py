"""Waiting for a server that answers in the order in which it was asked, but not for ever."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar


class Question:
    """What somebody waits for."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.answer: asyncio.Future[Any] = loop.create_future()
        self.since = loop.time()

    def settle(self, answer: Any) -> None:
        """Tell whoever still waits."""
        if not self.answer.done():
            self.answer.set_result(answer)

    def fail(self, problem: Exception) -> None:
        """Tell whoever still waits that there will be no answer."""
        if not self.answer.done():
            self.answer.set_exception(problem)


Q = TypeVar("Q", bound=Question)


class Asked(deque[Q]):
    """Questions in their order; a server that leaves the first unanswered for too long is given up.

    Whatever it said later might answer another question.
    """

    def __init__(self, seconds: float, give_up: Callable[[], None]) -> None:
        self.seconds, self.give_up = seconds, give_up
        self.loop = asyncio.get_running_loop()
        self.watch: asyncio.TimerHandle | None = None

    def put(self, question: Q) -> None:
        """Wait for one more answer."""
        self.append(question)
        self.watch = self.watch or self.loop.call_later(self.seconds, self.look)

    def look(self) -> None:
        """See how long the first has been waiting, and when to look again."""
        self.watch = None
        if not self:
            return
        left = self[0].since + self.seconds - self.loop.time()
        if left > 0:
            self.watch = self.loop.call_later(left, self.look)
        else:
            self.give_up()

    def end(self, problem: Exception) -> None:
        """Let nobody wait any more."""
        while self:
            self.popleft().fail(problem)
        if self.watch:
            self.watch.cancel()
