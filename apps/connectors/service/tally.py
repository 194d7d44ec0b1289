"""What an import has done so far."""

from dataclasses import dataclass, field

from apps.catalog.interface import Change


@dataclass
class Tally:
    """Figures for the summary."""

    rows: int = 0
    products: dict[Change, int] = field(default_factory=dict)
    variants: int = 0
    prices: int = 0
    counts: int = 0
    words: int = 0

    def add(self, change: Change) -> None:
        """Count what became of one product."""
        self.products[change] = self.products.get(change, 0) + 1

    def of(self, change: Change) -> int:
        """Return how many products were changed like this."""
        return self.products.get(change, 0)

    @property
    def changes(self) -> int:
        """Return how much is different from before."""
        changed = self.of(Change.CREATED) + self.of(Change.CHANGED)
        return changed + self.prices + self.counts + self.words
