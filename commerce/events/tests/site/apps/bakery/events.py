from dataclasses import dataclass

from commerce.events import Event


@dataclass(frozen=True)
class LoafOrdered(Event):
    """Somebody wants bread."""

    customer: str
    number: int = 1

    @property
    def aggregate(self) -> str:
        return self.customer


@dataclass(frozen=True)
class OvenLit(Event):
    """Baking may begin."""

    oven: str

    @property
    def aggregate(self) -> str:
        return self.oven


@dataclass(frozen=True)
class DoughMade(Event):
    """Dough waits to be shaped."""

    customer: str

    @property
    def aggregate(self) -> str:
        return self.customer


@dataclass(frozen=True)
class NobodyCame(Event):
    """A fact without consumers."""

    aggregate = "street"
