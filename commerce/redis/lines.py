"""Connections to Redis whose sockets wait in the kernel, and are looked at before they are used."""

import asyncio
import os
import select
import socket
import ssl
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from redis.connection import ConnectionInterface, SSLConnection
from redis.exceptions import ConnectionError, RedisError, TimeoutError

from commerce import greenlets

from .shared import NOTHING, Command, Shared, packed, reader

if TYPE_CHECKING:
    from redis import Redis


class Line:
    """One connection, with one question under way at most.

    The client's connection greets the server; then its socket waits by itself, in the kernel, so
    that a question costs two calls of the system and not five.
    """

    def __init__(self, greeted: ConnectionInterface, seconds: float) -> None:
        greeted.connect()  # type: ignore[no-untyped-call]
        self.greeted = greeted  # closes the socket when it goes
        self.socket: socket.socket = greeted._sock  # type: ignore[attr-defined]
        self.reader = reader()
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
            self.socket.sendall(b"".join(packed(command) for command in commands))
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
    """Connections made as the client makes them, each used by one thread at a time.

    What shares its thread shares one connection as well, unless that is over TLS.
    """

    def __init__(self, owner: "Redis", seconds: float) -> None:
        self.owner = owner
        self.seconds = seconds
        self.is_secure = issubclass(owner.connection_pool.connection_class, SSLConnection)
        self.free: list[Line] = []
        self.ours: Shared | None = None
        os.register_at_fork(after_in_child=self.free.clear)

    def tell(self, *command: str | bytes | int) -> None:
        """Send a command and leave the answer on the line, for whoever uses the line next."""
        if greenlets.inside() and not self.is_secure:
            self.shared.tell(command)
        else:
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
        if greenlets.inside():
            if self.is_secure:
                return greenlets.aside(self.ask_all, commands)
            return greenlets.wait(self.shared.ask_all(commands))
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
        return Line(self.connection(), self.seconds)

    def connection(self) -> ConnectionInterface:
        """Make a connection as the client does, past its count of those it has ever made."""
        pool = self.owner.connection_pool
        made: ConnectionInterface = pool.connection_class(**pool.connection_kwargs)
        return made

    @property
    def shared(self) -> Shared:
        """The line that everything on this thread's event loop shares."""
        loop = asyncio.get_running_loop()
        if self.ours is None or self.ours.loop is not loop:
            self.ours = Shared(self.connection, self.seconds, loop)
        return self.ours

    def close(self) -> None:
        """Close the line of the event loop, which ends."""
        if self.ours is not None:
            self.ours.close()
            self.ours = None
