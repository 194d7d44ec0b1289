"""A connection of the event loop that sends what was written in one of its turns all at once.

Each way into the kernel wakes whoever listens at the other end, which costs both more than all the
Python in between.
"""

import asyncio
from typing import Any


class Corked:
    """A transport that waits with what it is given until the turn of the loop is over."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self.loop = asyncio.get_running_loop()
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Send something soon."""
        if not self.written:
            self.loop.call_soon(self.flush)
        self.written.append(data)

    def flush(self) -> None:
        """Send everything now."""
        if self.written:
            self.transport.write(b"".join(self.written))
            self.written.clear()

    def close(self) -> None:
        """Send everything and close."""
        self.flush()
        self.transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.transport, name)
