"""What happens in the stock context."""

from dataclasses import dataclass

from commerce.events import Event


@dataclass(frozen=True)
class BackInStock(Event):
    """Goods that somebody waits for can be had again."""

    sku: str

    @property
    def aggregate(self) -> str:
        """A SKU's facts are handed over in order."""
        return self.sku
