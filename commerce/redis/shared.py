"""One connection to Redis for an event loop: what many ask meanwhile travels together."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

import hiredis
from redis.connection import ConnectionInterface, DefaultParser
from redis.exceptions import ConnectionError, TimeoutError

from commerce import greenlets
from commerce.corked import Corked
from commerce.patience import Asked, Question

Command = tuple[str | bytes | int, ...]
NOTHING = object()  # has been heard yet


def reader() -> hiredis.Reader:
    """Read answers, and errors as the client knows them."""
    return hiredis.Reader(replyError=DefaultParser.parse_error, notEnoughData=NOTHING)


def packed(command: Command) -> bytes:
    """Write a command as Redis reads it."""
    written: bytes = hiredis.pack_command(command)  # type: ignore[arg-type]
    return written


def forget(answers: "asyncio.Future[Any]") -> None:
    """Take no notice of what came of a question, even of an error."""
    answers.exception()


class Asking(Question):
    """So many commands whose answers somebody waits for."""

    def __init__(self, count: int, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.count = count
        self.heard: list[Any] = []

    def hear(self, answer: Any) -> bool:
        """Take the next answer; tells whether it was the last."""
        self.heard.append(answer)
        if len(self.heard) < self.count:
            return False
        self.settle(self.heard)
        return True


class Conversation(asyncio.Protocol):
    """A connection that has been greeted; Redis answers in the order in which it was asked."""

    def __init__(self, greeted: ConnectionInterface, seconds: float) -> None:
        self.greeted = greeted  # closes the socket when it goes
        self.loop = asyncio.get_running_loop()
        self.reader = reader()
        self.asked: Asked[Asking] = Asked(
            seconds, lambda: self.end(TimeoutError("Redis does not answer"))
        )
        self.transport: Corked | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can be asked."""
        return self.transport is not None and not self.transport.is_closing()

    def ask(self, commands: Sequence[Command]) -> "asyncio.Future[list[Any]]":
        """Send commands; what comes of them is a future."""
        assert self.transport is not None
        question = Asking(len(commands), self.loop)
        self.asked.put(question)
        self.transport.write(b"".join([packed(command) for command in commands]))
        return question.answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport = Corked(cast("asyncio.Transport", transport))

    def data_received(self, data: bytes) -> None:
        """Hand out answers."""
        self.reader.feed(data)
        while self.asked and (answer := self.reader.gets()) is not NOTHING:
            if self.asked[0].hear(answer):
                self.asked.popleft()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell everybody who waits."""
        self.end(ConnectionError("Redis has closed the connection"))

    def end(self, problem: Exception) -> None:
        """Close, and let nobody wait."""
        if self.transport is not None:
            self.transport.abort()
        self.asked.end(problem)


class Shared:
    """The conversation of an event loop, begun anew when it has ended; no command is sent twice."""

    def __init__(
        self,
        make: Callable[[], ConnectionInterface],
        seconds: float,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.loop = loop
        self.make = make
        self.seconds = seconds
        self.current: Conversation | None = None
        self.begin = greenlets.Joined(self._begin)

    def ask_all(self, commands: Sequence[Command]) -> Awaitable[list[Any]]:
        """Send commands at once; their answers, of which some may be errors, can be awaited."""
        if self.current is not None and self.current.is_open:
            return self.current.ask(commands)
        return self.ask_anew(commands)

    async def ask_anew(self, commands: Sequence[Command]) -> list[Any]:
        """Begin a conversation with these commands."""
        return await (await self.begin()).ask(commands)

    def tell(self, command: Command) -> None:
        """Send a command whose answer nobody waits for."""
        if self.current is not None and self.current.is_open:
            self.current.ask((command,)).add_done_callback(forget)
        else:
            greenlets.wait(self.ask_anew((command,)))

    def close(self) -> None:
        """End it."""
        if self.current is not None:
            self.current.end(ConnectionError("the shop is closing"))

    async def _begin(self) -> Conversation:
        greeted = self.make()
        await self.loop.run_in_executor(None, greeted.connect)
        conversation = Conversation(greeted, self.seconds)
        line = greeted._sock  # type: ignore[attr-defined]
        line.setblocking(False)
        is_local = line.family == socket.AF_UNIX
        loop = self.loop
        connect = loop.create_unix_connection if is_local else loop.create_connection
        await connect(lambda: conversation, sock=line)
        self.current = conversation
        return conversation
