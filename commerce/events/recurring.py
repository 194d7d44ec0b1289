"""Work that no fact asks for: every relay asks for it again and again, and a message may be lost.

So a recurring task looks for itself what there is to do, and does no harm when it runs twice.
"""

from collections.abc import Callable
from dataclasses import dataclass

from celery import current_app, shared_task

from commerce.roles import Queue

Work = Callable[..., None]


@dataclass(frozen=True)
class Recurring:
    """A task by name, the queue whose workers run it, and the seconds between two runs."""

    name: str
    queue: Queue
    seconds: int

    def ask(self) -> None:
        """Send a message that is worthless once the next one is due."""
        current_app.send_task(self.name, queue=self.queue, expires=self.seconds)


registry: dict[str, Recurring] = {}


def every(seconds: int, *, queue: Queue = "default") -> Callable[[Work], Work]:
    """Make a function in `apps.<context>.tasks` a task that is asked for every so many seconds."""

    def register(work: Work) -> Work:
        name = f"{work.__module__}.{work.__qualname__}"
        registry[name] = Recurring(name, queue, seconds)
        return shared_task(name=name)(work)

    return register


def tasks() -> list[Recurring]:
    """List the recurring tasks of the contexts in this process."""
    current_app.loader.import_default_modules()
    return list(registry.values())
