"""Requests that share one thread: ordinary code, which gives way wherever it waits for a server.

Such code runs in a greenlet of the event loop's thread. It has no thread of its own to block, so
whatever it calls either waits with `wait` or is done `aside`, in a thread. Django refuses the ORM
there by itself (SynchronousOnlyOperation).
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from functools import partial
from typing import Any, Generic, TypeVar

from django.db import close_old_connections
from greenlet import getcurrent, greenlet

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
OVER = object()  # says a Light whose code has come to its end
ROOM = 5_000  # words of eight bytes


def roomy(function: F) -> F:
    """Give a function, and what it calls, room for frames in one piece.

    Python 3.11 has room for about twenty in a piece of memory, and returns a piece to the system
    as soon as it is empty: code that goes back and forth over its end pays for that every time.
    This frame, for which 32 kB are too little, begins a piece of 64 kB.
    """
    function.__code__ = function.__code__.replace(co_stacksize=ROOM)
    return function


class Light(greenlet):
    """Runs one piece of code after another, each of which gives way where it waits."""

    done: Callable[[Any], object]
    answer: Any

    def __init__(self) -> None:
        super().__init__()
        self.switch()  # with nothing: what a greenlet begins with it keeps

    @roomy
    def run(self) -> None:
        """Run code, again and again."""
        loop = self.parent
        assert loop is not None
        while True:
            work = loop.switch(OVER)
            self.answer = work()
            del work

    def begin(self, work: Callable[[], T], done: Callable[[T], object]) -> None:
        """Run code, which raises nothing, until it waits; in the end tell what it came to."""
        self.gr_context = copy_context()
        self.done = done
        self.go_on(self.switch(work))

    def go_on(self, said: Any) -> None:
        """Wait for what the code waits for, or be done."""
        if said is OVER:
            done, answer = self.done, self.answer
            del self.done, self.answer  # whoever waits for the next request keeps nothing of this
            done(answer)
        else:
            asyncio.ensure_future(said).add_done_callback(self.hear)

    def hear(self, awaited: "asyncio.Future[Any]") -> None:
        """Let the code have what it waited for, or the error of that."""
        try:
            heard = awaited.result()
        except BaseException as problem:
            said = self.throw(problem)
        else:
            said = self.switch(heard)
        self.go_on(said)


class Turns:
    """Runs code on an event loop, so many pieces at once; the others wait in their order."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.running = 0
        self.free: list[Light] = []
        self.waiting: deque[tuple[Callable[[], Any], Callable[[Any], object]]] = deque()
        self.since: deque[float] = deque()  # when they came, by the monotonic clock

    @property
    def longest(self) -> float:
        """For how many seconds somebody has been waiting."""
        return time.monotonic() - self.since[0] if self.since else 0.0

    def begin(self, work: Callable[[], T], done: Callable[[T], object]) -> None:
        """Run code as soon as it is its turn."""
        if self.running < self.most:
            self.running += 1
            self.run(work, done)
        else:
            self.waiting.append((work, done))
            self.since.append(time.monotonic())

    def run(self, work: Callable[[], T], done: Callable[[T], object]) -> None:
        """Run code whose turn it is."""
        light = self.free.pop() if self.free else Light()
        light.begin(work, partial(self.end, light, done))

    def end(self, light: Light, done: Callable[[T], object], answer: T) -> None:
        """Tell what the code came to, and give its turn to who has waited longest."""
        self.free.append(light)
        if self.waiting:
            self.since.popleft()
            asyncio.get_running_loop().call_soon(self.run, *self.waiting.popleft())
        else:
            self.running -= 1
        done(answer)


def inside() -> bool:
    """Tell whether this code shares its thread, so that it must not block."""
    return isinstance(getcurrent(), Light)


def wait(awaited: Awaitable[T]) -> T:
    """Give way until something has come; only for code that is `inside`."""
    loop = getcurrent().parent
    assert loop is not None
    answer: T = loop.switch(awaited)
    return answer


def sleep(seconds: float) -> None:
    """Pause, wherever the code runs."""
    if inside():
        wait(asyncio.sleep(seconds))
    else:
        time.sleep(seconds)


def aside(work: Callable[..., T], *arguments: Any, **named: Any) -> T:
    """Do what blocks: in a thread, if this code shares its own."""
    if not inside():
        return work(*arguments, **named)
    task = partial(copy_context().run, afresh, work, *arguments, **named)
    answer: T = wait(asyncio.get_running_loop().run_in_executor(None, task))
    return answer


def afresh(work: Callable[..., T], *arguments: Any, **named: Any) -> T:
    """Do something in a thread whose database connections may have been closed meanwhile."""
    close_old_connections()
    return work(*arguments, **named)


class Joined(Generic[T]):
    """Work of which one attempt at a time is under way, shared by everybody who wants it."""

    def __init__(self, work: Callable[[], Awaitable[T]]) -> None:
        self.work = work
        self.attempt: asyncio.Future[T] | None = None

    async def __call__(self) -> T:
        if self.attempt is None or self.attempt.done():
            self.attempt = asyncio.ensure_future(self.work())
        return await asyncio.shield(self.attempt)
