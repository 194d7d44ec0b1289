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


@dataclass(frozen=True)
class StockLow(Event):
    """So few units of a SKU are free that its merchant wanted to know; told once until it rises."""

    sku: str
    free: int

    @property
    def aggregate(self) -> str:
        """A SKU's facts are handed over in order."""
        return self.sku


@dataclass(frozen=True)
class StockReplenished(Event):
    """There is more of a SKU again than its merchant called low."""

    sku: str
    free: int

    @property
    def aggregate(self) -> str:
        """A SKU's facts are handed over in order."""
        return self.sku
