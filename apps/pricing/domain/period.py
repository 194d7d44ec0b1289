"""When something is valid."""

from dataclasses import dataclass
from datetime import datetime


class EndsBeforeItStarts(ValueError):
    """A period of no length at all."""


@dataclass(frozen=True)
class Period:
    """From one second until just before another; None leaves an end open."""

    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        for end in (self.since, self.until):
            if end is not None and end.tzinfo is None:
                raise ValueError("A period needs a time zone")
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise EndsBeforeItStarts(f"{self.until} is not after {self.since}")

    def holds(self, now: datetime) -> bool:
        """Tell whether a moment lies within."""
        return (self.since is None or self.since <= now) and (
            self.until is None or now < self.until
        )


ALWAYS = Period()
