"""What happens in the payments context."""

from dataclasses import dataclass
from uuid import UUID

from commerce.events import Event
from commerce.money import Money


@dataclass(frozen=True)
class RefundMade(Event):
    """Money of an order was given back; `key` is the name of the one who asked for it."""

    order: UUID
    key: str
    amount: Money

    @property
    def aggregate(self) -> str:
        """An order's facts are handed over in order."""
        return str(self.order)


@dataclass(frozen=True)
class RefundRefused(Event):
    """The provider will not give it back, or it came back; `reason` says why."""

    order: UUID
    key: str
    amount: Money
    reason: str

    @property
    def aggregate(self) -> str:
        """An order's facts are handed over in order."""
        return str(self.order)


@dataclass(frozen=True)
class ProviderSpoke(Event):
    """A provider says that something has happened to a payment; it is to be asked what."""

    session: UUID

    @property
    def aggregate(self) -> str:
        """What happens to one payment is learnt in order."""
        return str(self.session)
