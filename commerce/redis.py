"""Redis clients by purpose, each with its own database so that one can be lost alone."""

import functools
import hashlib
import os
import select
import socket
import ssl
import struct
from collections.abc import Sequence
from typing import Any

import hiredis
from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.connection import ConnectionInterface, DefaultParser
from redis.exceptions import (
    ConnectionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TimeoutError,
)
from redis.retry import Retry

Command = tuple[str | bytes | int, ...]


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
    """A Lua script, asked over lines of its own at a fifth of the client's cost."""

    def __init__(self, alias: str, source: str) -> None:
        self.lines = lines(alias)
        self.source = source
        self.digest = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()

    def __call__(self, keys: Sequence[str], args: Sequence[str | bytes | int]) -> Any:
        """Run it; Redis is sent the text only if it does not know it yet."""
        return self.with_others(keys, args, ())[0]

    def with_others(
        self, keys: Sequence[str], args: Sequence[str | bytes | int], others: Sequence[Command]
    ) -> list[Any]:
        """Run it, and commands after it in the same way there and back; gives all the answers.

        An error of another command is an answer. The others may run before the script does, if
        Redis has to be sent the text.
        """
        answers = self.lines.ask_all((("EVALSHA", self.digest, len(keys), *keys, *args), *others))
        try:
            if isinstance(answers[0], NoScriptError):
                answers[0] = self.lines.ask("EVAL", self.source, len(keys), *keys, *args)
            elif isinstance(answers[0], Exception):
                raise answers[0]
        except ResponseError as problem:
            raise within(problem) from None
        return answers

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
    return Lines(client(alias), settings.REDIS[alias]["TIMEOUT"])


NOTHING = object()  # has been heard yet


class Line:
    """One connection, with one question under way at most.

    The client's connection greets the server; then its socket waits by itself, in the kernel, so
    that a question costs two calls of the system and not five.
    """

    def __init__(self, greeted: ConnectionInterface, seconds: float) -> None:
        greeted.connect()  # type: ignore[no-untyped-call]
        self.greeted = greeted  # closes the socket when it goes
        self.socket: socket.socket = greeted._sock  # type: ignore[attr-defined]
        self.reader = hiredis.Reader(replyError=DefaultParser.parse_error, notEnoughData=NOTHING)
        self.owed = 0  # answers that nobody waited for
        self.poll = select.poll()
        self.poll.register(self.socket, select.POLLIN)
        if not isinstance(self.socket, ssl.SSLSocket):
            limit = struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
            self.socket.settimeout(None)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)

    def is_open(self) -> bool:
        """Tell whether the server still listens: it says nothing unasked but goodbye."""
        try:
            while self.owed and self.poll.poll(0):
                self.read()
            return not self.poll.poll(0)
        except RedisError:
            return False

    def send(self, *commands: tuple[Any, ...]) -> None:
        """Send commands at once; their answers are owed."""
        try:
            self.socket.sendall(b"".join(hiredis.pack_command(command) for command in commands))
        except OSError as problem:
            raise ConnectionError(str(problem)) from problem
        self.owed += len(commands)

    def read(self) -> Any:
        """Wait for the next answer that is owed."""
        while (answer := self.reader.gets()) is NOTHING:
            try:
                heard = self.socket.recv(65_536)
            except BlockingIOError:
                raise TimeoutError("Redis does not answer") from None
            except OSError as problem:
                raise ConnectionError(str(problem)) from problem
            if not heard:
                raise ConnectionError("Redis has closed the connection")
            self.reader.feed(heard)
        self.owed -= 1
        return answer

    def answers(self, count: int) -> list[Any]:
        """Wait for the answers to the commands that were sent last."""
        while self.owed > count:
            self.read()
        return [self.read() for _ in range(count)]


class Lines:
    """Connections made as the client makes them, each used by one thread at a time."""

    def __init__(self, owner: "Redis", seconds: float) -> None:
        self.owner = owner
        self.seconds = seconds
        self.free: list[Line] = []
        os.register_at_fork(after_in_child=self.free.clear)

    def tell(self, *command: str | bytes | int) -> None:
        """Send a command and leave the answer on the line, for whoever uses the line next."""
        line = self.line()
        line.send(command)
        self.free.append(line)

    def ask(self, *command: str | bytes | int) -> Any:
        """Send a command once and wait for the answer."""
        [answer] = self.ask_all((command,))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def ask_all(self, commands: Sequence[Command]) -> list[Any]:
        """Send commands at once and wait for the answers, of which some may be errors.

        A line that failed is not used again.
        """
        line = self.line()
        line.send(*commands)
        answers = line.answers(len(commands))
        self.free.append(line)
        return answers

    def line(self) -> Line:
        """Take a connection that nobody uses and that Redis has not closed, or make one."""
        while self.free:
            try:
                line = self.free.pop()
            except IndexError:  # another thread was faster
                break
            if line.is_open():
                return line
        return Line(self.owner.connection_pool.make_connection(), self.seconds)
