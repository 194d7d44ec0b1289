"""What happens in the catalog context."""

from dataclasses import dataclass
from uuid import UUID

from commerce.events import Event


@dataclass(frozen=True)
class ProductsChanged(Event):
    """Products were created, changed, or taken offline; at most 500 in one fact.

    `gone` are SKUs that they had and that no product has any more.
    """

    products: tuple[UUID, ...]
    gone: tuple[str, ...] = ()

    @property
    def aggregate(self) -> str:
        """All catalogue changes are handed over in order."""
        return "catalog"
