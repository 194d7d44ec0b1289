"""Redis clients by purpose, each with its own database so that one can be lost alone."""

import functools
import hashlib
import os
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.connection import ConnectionInterface
from redis.exceptions import (
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
)
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


@functools.cache
def script(alias: str, source: str) -> "Script":
    """Prepare a Lua script, which Redis runs as one step."""
    return Script(alias, source)


class Script:
    """A Lua script, asked over the client's own connections at a third of the client's cost."""

    def __init__(self, alias: str, source: str) -> None:
        self.lines = lines(alias)
        self.source = source
        self.digest = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()

    def __call__(self, keys: Sequence[str], args: Sequence[str | bytes | int]) -> Any:
        """Run it; Redis is sent the text only if it does not know it yet."""
        try:
            try:
                return self.lines.ask("EVALSHA", self.digest, len(keys), *keys, *args)
            except NoScriptError:
                return self.lines.ask("EVAL", self.source, len(keys), *keys, *args)
        except ResponseError as problem:
            raise within(problem) from None

    def soon(self, keys: Sequence[str], args: Sequence[str | bytes | int]) -> None:
        """Have it run without waiting for the end; what it answers is lost, its text is sent."""
        self.lines.tell("EVAL", self.source, len(keys), *keys, *args)


def within(problem: ResponseError) -> ResponseError:
    """Find the error of the command that failed in a script: Redis 6 tells it as part of a text."""
    for kind, mark in ((OutOfMemoryError, "-OOM "), (ReadOnlyError, "-READONLY ")):
        if mark in str(problem):
            return kind(str(problem))
    return problem


@functools.cache
def lines(alias: str) -> "Lines":
    """Return the connections of `settings.REDIS[alias]` that scripts use."""
    return Lines(client(alias))


class Lines:
    """Connections made as the client makes them, each with one question under way at most."""

    def __init__(self, owner: "Redis") -> None:
        self.owner = owner
        self.free: list[ConnectionInterface] = []
        self.unread: dict[ConnectionInterface, None] = {}
        os.register_at_fork(after_in_child=self.forget)

    def forget(self) -> None:
        """Leave all lines to the process that was forked."""
        self.free.clear()
        self.unread.clear()

    def tell(self, *command: str | bytes | int) -> None:
        """Send a command and leave the answer on the line, for whoever uses the line next."""
        line = self.line()
        try:
            line.send_command(*command)  # type: ignore[no-untyped-call]
        except BaseException:
            line.disconnect()  # type: ignore[no-untyped-call]
            raise
        self.unread[line] = None
        self.free.append(line)

    def ask(self, *command: str | bytes | int) -> Any:
        """Send a command once and wait for the answer."""
        line = self.line()
        try:
            line.send_command(*command)  # type: ignore[no-untyped-call]
            answer = line.read_response()
        except ResponseError:  # an answer, too
            self.free.append(line)
            raise
        except BaseException:
            line.disconnect()  # type: ignore[no-untyped-call]
            raise
        self.free.append(line)
        return answer

    def line(self) -> ConnectionInterface:
        """Take a connection that nobody uses and that Redis has not closed, or make one."""
        while self.free:
            try:
                line = self.free.pop()
            except IndexError:  # another thread was faster
                break
            try:
                if line in self.unread:
                    del self.unread[line]
                    line.read_response()
                if not line.can_read(timeout=0):
                    return line
            except RedisError:  # an answer nobody waited for, or a line that is dead
                pass
            line.disconnect()  # type: ignore[no-untyped-call]
        return self.owner.connection_pool.make_connection()
