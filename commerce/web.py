"""The shop as an ASGI application, which answers in threads; light endpoints on the event loop.

What answers is the same WSGI application both times. `commerce.server` knows which requests are
light; any other ASGI server has them answered in threads as well.
"""

import asyncio
import functools
import io
import logging
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from contextvars import copy_context
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes
from wsgiref.util import FileWrapper

from commerce import greenlets, overload
from commerce.rest.door import Application, Environ, endpoint_at, variable

if TYPE_CHECKING:
    from concurrent.futures import Future

log = logging.getLogger("halles.web")
SHORT = 65_536  # bytes of a body that are read before anybody begins to answer
TOGETHER = 64  # requests at once on the event loop; the others wait for their turn
CHUNK = 65_536  # bytes
SLOWEST = 60.0  # seconds that one chunk may take, either way, while it holds up a thread
ENVIRON = "halles.environ"  # in an ASGI scope: the same request as `environment` describes it
DEFECT = 500, b"content-length: 0\r\n\r\n"
Message = dict[str, Any]
Whole = tuple[int, bytes]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True)
class Answer:
    """How the application answers; `chunks` are read until they end, and closed."""

    status: int
    headers: list[tuple[bytes, bytes]]
    chunks: Iterable[bytes]

    @property
    def head(self) -> Message:
        """What is sent first."""
        return {"type": "http.response.start", "status": self.status, "headers": self.headers}

    @property
    def is_long(self) -> bool:
        """Whether it comes bit by bit."""
        return getattr(self.chunks, "streaming", False) or isinstance(self.chunks, FileWrapper)

    def close(self) -> None:
        """Let the application tidy up."""
        getattr(self.chunks, "close", lambda: None)()


class Web:
    """Puts a WSGI application, a door to the endpoints, behind an ASGI server."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.turns = greenlets.Turns(TOGETHER)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        begun, is_whole = await beginning(receive)
        if begun is None:
            return
        environ = scope.get(ENVIRON) or environment(scope)
        line = Line(receive, send, is_whole)
        upload = io.BytesIO(begun) if is_whole else io.BufferedReader(Upload(begun, line), CHUNK)
        wait_for_us(environ, upload)
        task = functools.partial(copy_context().run, self.in_thread, environ, line)
        if answered := await line.loop.run_in_executor(None, task):
            answer, content = answered
            await send(answer.head)
            await send({"type": "http.response.body", "body": content})

    def is_light(self, scope: Message) -> bool:
        """Tell whether a request is for an endpoint that blocks nobody."""
        environ = scope[ENVIRON] = environment(scope)
        found = endpoint_at(environ)
        chosen = found and found.func.endpoints.get(environ["REQUEST_METHOD"])
        return bool(chosen and chosen.terms.light)

    def begin(self, scope: Message, body: bytes, done: Callable[[Whole], object]) -> None:
        """Answer a light request on the event loop, when it is its turn."""
        environ = scope[ENVIRON]
        wait_for_us(environ, io.BytesIO(body))
        self.turns.begin(functools.partial(self.whole, environ), done)

    @property
    def is_crowded(self) -> bool:
        """Whether whoever comes now will hardly be served in time."""
        return self.turns.longest > overload.PATIENCE / 2

    def whole(self, environ: Environ) -> Whole:
        """Answer in one piece: the status, and everything that follows it on the line."""
        told: list[tuple[int, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> None:
            told.append((int(status[:3]), headers))

        try:
            content = b"".join(self.application(environ, start))
        except Exception:
            log.exception("a light request")
            return DEFECT
        return in_one_piece(*told[-1], content)

    def in_thread(self, environ: Environ, line: "Line") -> tuple[Answer, bytes] | None:
        """Answer in one piece, or send what is long bit by bit and be done."""
        answer = self.answer(environ)
        try:
            if not answer.is_long:
                return answer, b"".join(answer.chunks)
            line.send_all(answer)
        finally:
            answer.close()
        return None

    def answer(self, environ: Environ) -> Answer:
        """Ask the application."""
        told: list[tuple[int, list[tuple[bytes, bytes]]]] = []

        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> None:
            written = [(name.encode("latin-1"), text.encode("latin-1")) for name, text in headers]
            told.append((int(status[:3]), written))

        chunks = self.application(environ, start)
        return Answer(*told[-1], chunks)


class Line:
    """The connection of a request, for the thread that answers it."""

    def __init__(self, receive: Receive, send: Send, is_whole: bool) -> None:
        self.loop = asyncio.get_running_loop()
        self.receive = receive
        self.send = send
        self.is_whole = is_whole  # nothing more is to be received

    def hear(self) -> Message:
        """Wait for the next part of the body."""
        message: Message = self.begin(self.receive()).result(SLOWEST)
        return message

    def send_all(self, answer: Answer) -> None:
        """Send an answer until it ends, or until nobody listens any more."""
        gone = self.begin(self.receive()) if self.is_whole else None
        try:
            self.begin(self.send(answer.head)).result(SLOWEST)
            for chunk in answer.chunks:
                if gone and gone.done():
                    return
                message = {"type": "http.response.body", "body": chunk, "more_body": True}
                self.begin(self.send(message)).result(SLOWEST)
            self.begin(self.send({"type": "http.response.body"})).result(SLOWEST)
        finally:
            if gone:
                gone.cancel()

    def begin(self, awaited: Any) -> "Future[Any]":
        """Have something done by the event loop."""
        return asyncio.run_coroutine_threadsafe(awaited, self.loop)


class Upload(io.RawIOBase):
    """A body that is still arriving."""

    def __init__(self, begun: bytes, line: Line) -> None:
        self.left = begun
        self.line = line
        self.is_over = False

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what has come, or wait for more; OSError if whoever sent it has gone."""
        while not self.left and not self.is_over:
            message = self.line.hear()
            if message["type"] == "http.disconnect":
                raise ConnectionAbortedError("the client has gone")
            self.left, self.is_over = message.get("body", b""), not message.get("more_body")
        size = min(len(buffer), len(self.left))
        buffer[:size], self.left = self.left[:size], self.left[size:]
        return size


async def beginning(receive: Receive) -> tuple[bytes | None, bool]:
    """Read a body or its beginning, and tell if that is all; None if whoever sent it has gone."""
    begun = b""
    while len(begun) < SHORT:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None, False
        begun += message.get("body", b"")
        if not message.get("more_body"):
            return begun, True
    return begun, False


def in_one_piece(status: int, headers: Iterable[tuple[str, str]], content: bytes) -> Whole:
    """Write an answer as it goes on the line."""
    lines = "".join([f"{name}: {text}\r\n" for name, text in headers])
    return status, b"%b\r\n%b" % (lines.encode("latin-1"), content)


def wait_for_us(environ: Environ, body: io.BufferedIOBase) -> None:
    """Give a request its body; from now on it waits for us, not we for it."""
    environ["wsgi.input"] = body
    environ[overload.SINCE] = time.monotonic()


def environment(scope: Message) -> Environ:
    """Describe a request as WSGI does, PEP 3333."""
    client, server = scope["client"] or ("", 0), scope["server"] or ("localhost", 80)
    path = scope["raw_path"]
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": (unquote_to_bytes(path) if b"%" in path else path).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": in_chunks,
    }
    for header, value in scope["headers"]:
        if name := named(header):
            text = value.decode("latin-1")
            environ[name] = f"{environ[name]},{text}" if name in environ else text
    return environ


@functools.lru_cache(maxsize=1_000)
def named(header: bytes) -> str:
    """Name a header's variable; "" if its underscore would make it pass for another header."""
    return "" if b"_" in header else variable(header.decode("latin-1"))


def in_chunks(file: Any, size: int) -> FileWrapper:
    """Send a file in chunks of our size."""
    return FileWrapper(file, CHUNK)
