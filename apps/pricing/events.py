"""What happens in the pricing context."""

from dataclasses import dataclass

from commerce.events import Event


@dataclass(frozen=True)
class PricesRemoved(Event):
    """SKUs have a price in a currency no more; at most 500 in one fact."""

    skus: tuple[str, ...]

    @property
    def aggregate(self) -> str:
        """All removals are handed over in order."""
        return "prices"
