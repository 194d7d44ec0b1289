"""Sends HTTP requests as many shoppers would, over connections that stay open, and times answers.

Two ways: `everybody` sends the next request as soon as one is answered, which finds the most a
shop can do. `offered` sends so many a second whatever the shop does, and counts the wait from the
moment a request was due, so that a shop that stalls cannot hide how long shoppers waited.
"""

import asyncio
import itertools
import math
import time
from array import array
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import cast

import uvloop

PATIENCE = 30.0  # seconds to wait for the last answers
TICK = 0.001  # seconds between looks at what is due
PAUSE = 0.05  # seconds before a connection that broke is made again
END = b"\r\n\r\n"
LENGTH = b"content-length:"
Heard = Callable[[int, bytes, bytes], object]  # status, head, body


@dataclass
class Figures:
    """What came of some requests; times in seconds, in the order of the answers."""

    statuses: Counter[int] = field(default_factory=Counter)  # 0 where the connection broke
    times: "array[float]" = field(default_factory=lambda: array("d"))
    codes: "array[int]" = field(default_factory=lambda: array("H"))  # the statuses, in that order
    seconds: float = 0.0

    @property
    def answered(self) -> int:
        """How many requests were answered, however."""
        return self.statuses.total() - self.statuses[0]

    def rate(self, *statuses: int) -> float:
        """Return how many answers a second had one of these statuses, or any."""
        counted = sum(self.statuses[each] for each in statuses) if statuses else self.answered
        return counted / self.seconds if self.seconds else 0.0

    def within(self, seconds: float, *statuses: int) -> int:
        """Count the answers that came in time and had one of these statuses."""
        answers = zip(self.times, self.codes, strict=True)
        return sum(took <= seconds and code in statuses for took, code in answers)

    def percentile(self, percent: float) -> float:
        """Return the time within which so many per cent were answered, in milliseconds."""
        if not self.times:
            return math.nan
        place = math.ceil(len(self.times) * percent / 100) - 1
        return sorted(self.times)[max(0, place)] * 1000


class Line(asyncio.Protocol):
    """One connection, which has one request under way at most."""

    def __init__(self, crowd: "Crowd") -> None:
        self.crowd = crowd
        self.transport: asyncio.Transport | None = None
        self.heard = b""
        self.since: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with whatever is due."""
        self.transport = cast("asyncio.Transport", transport)
        self.crowd.free(self)

    def ask(self, request: bytes, since: float) -> None:
        """Send a request that was due at a moment."""
        self.since = since
        assert self.transport is not None
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Collect an answer until it is whole."""
        self.heard = self.heard + data if self.heard else data
        head, end, body = self.heard.partition(END)
        if not end:
            return
        if len(body) < length_of(head):
            return
        self.heard = b""
        self.settle(int(head[9:12]), head, body)
        if b"\r\nconnection: close" in head.lower() and self.transport:
            self.transport.close()
        else:
            self.crowd.free(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count what was under way as not answered, and come back."""
        self.settle(0, b"", b"")
        self.transport = None
        self.crowd.lost(self)

    def settle(self, status: int, head: bytes, body: bytes) -> None:
        """Note how long the request under way took."""
        if self.since is not None:
            self.crowd.settled(status, head, body, time.perf_counter() - self.since)
            self.since = None


class Crowd:
    """So many connections to one address, and the requests that wait for a free one."""

    def __init__(self, host: str, port: int, lines: int, heard: Heard | None) -> None:
        self.address = host, port
        self.lines = [Line(self) for _ in range(lines)]
        self.heard = heard
        self.idle: deque[Line] = deque()
        self.due: deque[tuple[bytes, float]] = deque()
        self.more: Callable[[], bytes | None] | None = None
        self.figures = Figures()
        self.closing = False

    async def come(self) -> None:
        """Open every connection."""
        await asyncio.gather(*[self.connect(line) for line in self.lines])

    async def connect(self, line: Line) -> None:
        """Open a connection, trying again until somebody listens."""
        while not self.closing:
            with suppress(OSError):
                await asyncio.get_running_loop().create_connection(lambda: line, *self.address)
                return
            await asyncio.sleep(PAUSE)

    def free(self, line: Line) -> None:
        """Give a connection its next request, or let it wait for one."""
        if self.due:
            line.ask(*self.due.popleft())
        elif self.more and (request := self.more()) is not None:
            line.ask(request, time.perf_counter())
        else:
            self.idle.append(line)

    def put(self, request: bytes, since: float) -> None:
        """Send a request as soon as a connection is free."""
        if self.idle:
            self.idle.popleft().ask(request, since)
        else:
            self.due.append((request, since))

    def settled(self, status: int, head: bytes, body: bytes, seconds: float) -> None:
        """Count an answer."""
        self.figures.statuses[status] += 1
        self.figures.times.append(seconds)
        self.figures.codes.append(status)
        if self.heard:
            self.heard(status, head, body)

    def lost(self, line: Line) -> None:
        """Open a connection again that broke."""
        with suppress(ValueError):
            self.idle.remove(line)
        if not self.closing:
            asyncio.get_running_loop().create_task(self.connect(line))

    def go(self) -> None:
        """Close every connection."""
        self.closing = True
        for line in self.lines:
            if line.transport:
                line.transport.close()

    @property
    def busy(self) -> bool:
        """Whether answers are still to come."""
        return bool(self.due) or any(line.since is not None for line in self.lines)

    async def rest(self) -> None:
        """Wait for the last answers."""
        give_up = time.perf_counter() + PATIENCE
        while self.busy and time.perf_counter() < give_up:
            await asyncio.sleep(0.002)


def everybody(
    address: tuple[str, int],
    requests: Iterable[bytes],
    *,
    lines: int,
    seconds: float = math.inf,
    heard: Heard | None = None,
) -> Figures:
    """Send requests as fast as they are answered, for so many seconds or until none is left."""

    async def send() -> Figures:
        crowd = Crowd(*address, lines, heard)
        await crowd.come()
        started = time.perf_counter()
        waiting = until(iter(requests), started + seconds)
        crowd.more = lambda: next(waiting, None)
        for line in [crowd.idle.popleft() for _ in range(len(crowd.idle))]:
            crowd.free(line)
        while crowd.busy:
            await asyncio.sleep(0.02)
        crowd.figures.seconds = time.perf_counter() - started
        crowd.go()
        return crowd.figures

    return uvloop.run(send())


def offered(
    address: tuple[str, int],
    requests: Iterable[bytes],
    *,
    rate: float,
    lines: int,
    seconds: float,
    heard: Heard | None = None,
) -> Figures:
    """Send so many requests a second, evenly, however fast they are answered."""

    async def send() -> Figures:
        crowd = Crowd(*address, lines, heard)
        await crowd.come()
        waiting = iter(requests)
        started = time.perf_counter()
        for number in itertools.count():
            due = started + number / rate
            if due > started + seconds or (request := next(waiting, None)) is None:
                break
            while due > time.perf_counter():
                await asyncio.sleep(TICK)
            crowd.put(request, due)
            if number % 16 == 0:
                await asyncio.sleep(0)
        await crowd.rest()
        crowd.figures.seconds = time.perf_counter() - started
        crowd.go()
        return crowd.figures

    return uvloop.run(send())


def until(requests: Iterator[bytes], end: float) -> Iterator[bytes]:
    """Give requests until a moment."""
    for request in requests:
        if time.perf_counter() >= end:
            return
        yield request


def length_of(head: bytes) -> int:
    """Return how many bytes of body a head announces."""
    place = head.lower().find(LENGTH)
    return int(head[place + len(LENGTH) :].split(b"\r\n", 1)[0]) if place >= 0 else 0


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """Write a request; header names are given with underscores."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body
