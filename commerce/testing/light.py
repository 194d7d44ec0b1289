"""Code on an event loop, as a web process runs light requests."""

import asyncio
from collections.abc import Callable
from typing import Any

import uvloop

from commerce import greenlets, redis
from commerce.postgres import shared


def together(*works: Callable[[], Any]) -> list[Any]:
    """Run some code on one event loop; gives what each came to, be it an error."""

    async def all_of_it() -> list[Any]:
        turns = greenlets.Turns(len(works))
        try:
            return await asyncio.gather(*[outcome(turns, work) for work in works])
        finally:
            shared.close()
            redis.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(all_of_it())


def outcome(turns: greenlets.Turns, work: Callable[[], Any]) -> "asyncio.Future[Any]":
    """Begin some code."""

    def careful() -> Any:
        try:
            return work()
        except Exception as problem:
            return problem

    came: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    turns.begin(careful, came.set_result)
    return came
