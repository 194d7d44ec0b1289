"""How Gunicorn's processes serve: Uvicorn's event loop, which takes few connections at a time."""

import asyncio
import contextlib
import gc
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from uvicorn import Server
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn_worker import UvicornWorker

from commerce import overload, postgres, redis
from commerce.corked import Corked

if TYPE_CHECKING:
    from commerce.web import Web, Whole

LONGEST_HEAD = 65_536  # bytes of a request before its body
FEW = 4  # connections taken at once
BREATH = 0.001  # seconds until the next are taken
YOUNG = 10_000  # objects; a request leaves few behind that refer to each other
PAUSE = 1.0  # seconds to leave new connections alone when there is no room for them


class Protocol(HttpToolsProtocol):
    """HTTP/1.1, whose requests begin with a head of some length only.

    A light request is answered past ASGI, whose task, messages and checks of what Django has
    checked before are a tenth of what adding to a cart costs.
    """

    head: int | None = 0  # bytes of the head that is being read, if one is
    light: RequestResponseCycle | None = None  # the request, while its body is arriving
    is_hopeless = False  # the request that is arriving; it will be turned away

    @property
    def web(self) -> "Web":
        """The application."""
        return cast("Web", self.app)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; the head and the body of an answer travel together."""
        super().connection_made(cast("asyncio.Transport", Corked(cast("Any", transport))))

    def data_received(self, data: bytes) -> None:
        """Read on."""
        if self.head is not None:
            self.head += len(data)
        super().data_received(data)
        if self.head is not None and self.head > LONGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_message_begin(self) -> None:
        """Count the head of the next request."""
        self.head = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Count no more; begin, unless there is no time for whatever a program asks."""
        self.head = None
        self.is_hopeless = self.web.is_crowded and self.may_be_turned_away()
        if not self.is_hopeless:
            super().on_headers_complete()

    def may_be_turned_away(self) -> bool:
        """Tell whether a program asks, plainly and nothing else just now."""
        is_next = self.cycle is None or self.cycle.response_complete
        is_plain = not (self.expect_100_continue or self.parser.should_upgrade())
        return is_next and is_plain and self.url.startswith(b"/api/")

    def on_body(self, body: bytes) -> None:
        """Read on; what is long is nothing light."""
        if self.is_hopeless:
            return
        super().on_body(body)
        if self.light and len(self.light.body) > HIGH_WATER_LIMIT:
            cycle, self.light = self.light, None
            super()._start_asgi_task(cycle, self.app)

    def on_message_complete(self) -> None:
        """Answer what has only waited for its body."""
        if self.is_hopeless:
            self.turn_away()
            return
        super().on_message_complete()
        if self.light:
            cycle, self.light = self.light, None
            self.begin(cycle)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        if cycle.waiting_for_100_continue or not self.web.is_light(cast("Any", cycle.scope)):
            super()._start_asgi_task(cycle, app)
        elif cycle.more_body:
            self.light = cycle
        else:
            self.begin(cycle)

    def turn_away(self) -> None:
        """Ask somebody to come back, which has to cost next to nothing."""
        path = self.url.partition(b"?")[0].decode("latin-1")
        status, rest = overload.turned_away(path)
        stays = self.parser.get_http_version() != "1.0" and self.parser.should_keep_alive()
        self.transport.write(self.head_of(status, stays) + rest)
        if not stays:
            self.transport.close()
        self.on_response_complete()

    def begin(self, cycle: RequestResponseCycle) -> None:
        """Have a light request answered."""
        scope = cast("Any", cycle.scope)
        self.web.begin(scope, bytes(cycle.body), partial(self.end, cycle))

    def end(self, cycle: RequestResponseCycle, answer: "Whole") -> None:
        """Send the answer to a light request, as soon as the client has read earlier ones."""
        if self.flow.write_paused and not cycle.disconnected:
            task = self.loop.create_task(self.flow.drain())
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
            task.add_done_callback(lambda _: self.end(cycle, answer))
            return
        cycle.response_started = cycle.response_complete = True
        if cycle.disconnected:
            return
        status, rest = answer
        self.transport.write(self.head_of(status, cycle.keep_alive) + rest)
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()

    def head_of(self, status: int, stays: bool) -> bytes:
        """Begin an answer with what is ours to say."""
        ours = [b"%b: %b\r\n" % each for each in self.server_state.default_headers]
        if not stays:
            ours.append(b"connection: close\r\n")
        return b"".join((STATUS_LINE[status], *ours))


class FairServer(Server):
    """Takes a few connections at a time, so that processes that listen together share them evenly.

    Without the pause, the first to be awake would take all that come at once, and serve them alone.
    """

    doors: tuple[socket.socket, ...] = ()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets=[])
        self.doors = tuple(socket.socket(fileno=os.dup(each.fileno())) for each in sockets or ())
        self.listen()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, and end those there are."""
        for door in self.doors:
            asyncio.get_running_loop().remove_reader(door)
        self.doors = ()
        await super().shutdown(sockets)

    def listen(self) -> None:
        """Take whoever comes from now on."""
        for door in self.doors:
            door.setblocking(False)
            asyncio.get_running_loop().add_reader(door, self.accept, door)

    def accept(self, door: socket.socket) -> None:
        """Take what connections there are, but few, and leave others to other processes."""
        loop, pause = asyncio.get_running_loop(), BREATH
        try:
            for _ in range(FEW):
                guest, _ = door.accept()
                self.begin(guest)
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            pass
        except OSError:  # no file is left, say
            pause = PAUSE
        loop.remove_reader(door)
        loop.call_later(pause, self.listen)

    def begin(self, guest: socket.socket) -> None:
        """Serve a connection."""
        guest.setblocking(False)
        task = asyncio.get_running_loop().create_task(self.greet(guest))
        self.server_state.tasks.add(task)
        task.add_done_callback(self.server_state.tasks.discard)

    async def greet(self, guest: socket.socket) -> None:
        """Let the protocol have a connection."""

        def protocol() -> asyncio.Protocol:
            kind: Any = self.config.http_protocol_class
            made: asyncio.Protocol = kind(
                config=self.config, server_state=self.server_state, app_state=self.lifespan.state
            )
            return made

        with contextlib.suppress(OSError):
            await asyncio.get_running_loop().connect_accepted_socket(protocol, guest)


class Worker(UvicornWorker):  # type: ignore[misc]
    """One web process; `--threads` are for what cannot be answered on the event loop."""

    CONFIG_KWARGS = {
        "loop": "uvloop",
        "http": Protocol,
        "ws": "none",
        "interface": "asgi3",
        "lifespan": "off",
        "proxy_headers": False,  # commerce.rest.credentials reads them, as the settings say
        "server_header": False,
        "access_log": False,
    }

    def init_process(self) -> None:
        """Begin; what was loaded before the fork stays, so nobody need look through it again."""
        gc.freeze()
        gc.set_threshold(YOUNG)
        super().init_process()

    async def _serve(self) -> None:
        asyncio.get_running_loop().set_default_executor(
            ThreadPoolExecutor(self.cfg.threads, "halles")
        )
        self.config.app = self.wsgi
        self._install_sigquit_handler()
        await FairServer(self.config).serve(sockets=[each.sock for each in self.sockets])
        postgres.shared.close()
        redis.close()
