"""Requests that share one thread: ordinary code, which gives way wherever it waits for a server.

Such code runs in a greenlet of the event loop's thread. It has no thread of its own to block, so
whatever it calls either waits with `wait` or is done `aside`, in a thread. Django refuses the ORM
there by itself (SynchronousOnlyOperation).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from functools import partial
from typing import Any, Generic, TypeVar

from django.db import close_old_connections
from greenlet import getcurrent, greenlet

T = TypeVar("T")


class Light(greenlet):
    """One piece of code that gives way."""


async def run(work: Callable[..., T], *arguments: Any) -> T:
    """Run code to its end in this task, while others run wherever it waits."""
    light = Light(work)
    light.gr_context = copy_context()
    said = light.switch(*arguments)
    while not light.dead:
        try:
            heard = await said
        except BaseException as problem:
            said = light.throw(problem)
        else:
            said = light.switch(heard)
    answer: T = said
    return answer


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
