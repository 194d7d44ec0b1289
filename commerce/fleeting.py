"""What a process may go on believing for a few seconds, so that it need not ask for every page."""

import time
from typing import Generic, TypeVar
from weakref import WeakSet

K = TypeVar("K")
V = TypeVar("V")
MOST = 100_000  # entries, so that made-up names cannot fill the memory


class Fleeting(Generic[K, V]):
    """Answers by question, all forgotten at once when the first of them is so many seconds old."""

    all: "WeakSet[Fleeting[object, object]]" = WeakSet()

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.forget()
        Fleeting.all.add(self)  # type: ignore[arg-type]

    def forget(self) -> None:
        """Believe nothing any more."""
        self.known: dict[K, V] = {}
        self.until = time.monotonic() + self.seconds

    def entries(self) -> dict[K, V]:
        """Return what is believed; whoever learns more puts it there."""
        if time.monotonic() >= self.until or len(self.known) > MOST:
            self.forget()
        return self.known
