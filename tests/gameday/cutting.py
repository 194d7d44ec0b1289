"""A line to the shop that breaks now and then when the answer comes, so that nobody hears it."""

import asyncio
import json
import random
import re
import socket
import threading
from asyncio import StreamReader, StreamWriter
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from secrets import token_hex

from commerce import roles
from commerce.proving import load

KEY = re.compile(rb"(?<=\r\nidempotency-key: )[^\r]+", re.IGNORECASE)
LOOK = 0.05  # seconds
ORDERING = b"POST /api/orders/v1/orders "
Message = tuple[bytes, bytes]  # head and body


@dataclass
class Cutting:
    """Passes on what is asked, and now and then, by `chance`, closes the line for an answer."""

    shop: tuple[str, int]
    chance: float
    keyless: bool = False  # the shop is told another key each time
    cut: int = 0
    orders: dict[bytes, list[str]] = field(default_factory=lambda: defaultdict(list))  # by key

    @contextmanager
    def line(self) -> Iterator[str]:
        """Open the line for a while; gives its address."""
        door, opened, over = roles.listener(0), threading.Event(), threading.Event()
        thread = threading.Thread(target=lambda: asyncio.run(self.stand(door, opened, over)))
        thread.start()
        opened.wait()
        try:
            yield f"http://{roles.HOST}:{door.getsockname()[1]}"
        finally:
            over.set()
            thread.join()

    async def stand(
        self, door: socket.socket, opened: threading.Event, over: threading.Event
    ) -> None:
        """Let shoppers in until it is over."""
        async with await asyncio.start_server(self.serve, sock=door):
            opened.set()
            while not over.is_set():
                await asyncio.sleep(LOOK)

    async def serve(self, asking: StreamReader, telling: StreamWriter) -> None:
        """Go between a shopper and the shop until one of them leaves."""
        hearing, passing_on = await asyncio.open_connection(*self.shop)
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while await self.pass_on(await message(asking), hearing, passing_on, telling):
                    await telling.drain()
        finally:
            passing_on.close()
            telling.close()

    async def pass_on(
        self, asked: Message, hearing: StreamReader, passing_on: StreamWriter, telling: StreamWriter
    ) -> bool:
        """Pass one request on, and the answer perhaps; says whether it did."""
        head, body = asked
        key = b"".join(KEY.findall(head))
        if self.keyless:
            head = KEY.sub(token_hex(8).encode(), head)
        passing_on.write(head + body)
        answer = await message(hearing)
        if head.startswith(ORDERING) and answer[0][9:12] == b"202":
            self.orders[key].append(json.loads(answer[1])["id"])
        if random.random() < self.chance:
            self.cut += 1
            return False
        telling.write(b"".join(answer))
        return True


async def message(line: StreamReader) -> Message:
    """Read a request or an answer."""
    head = await line.readuntil(b"\r\n\r\n")
    return head, await line.readexactly(load.length_of(head))
