"""What a process may go on believing for a few seconds, so that it need not ask for every page."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar
from weakref import WeakSet

from commerce import greenlets

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

    def lately(
        self, keys: Iterable[K], ask: Callable[[tuple[K, ...]], Mapping[K, V]]
    ) -> Mapping[K, V]:
        """Return the answers that there are, asking for those that are not believed yet.

        Code with a thread of its own, of which there are few, always asks anew.
        """
        wanted = tuple(keys)
        if not greenlets.inside():
            return ask(wanted)
        known = self.entries()
        if missing := tuple([key for key in wanted if key not in known]):
            known.update(ask(missing))
        return {key: known[key] for key in wanted if key in known}
