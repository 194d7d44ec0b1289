"""What happens in the catalog context."""

from dataclasses import dataclass
from uuid import UUID

from commerce.events import Event


@dataclass(frozen=True)
class ProductsChanged(Event):
    """Products were created, changed, or taken offline; at most 500 in one fact.

    `gone` are SKUs that they had and that no product has any more. `revision` is the highest that
    these changes have; whoever has seen everything up to the one before has missed nothing.
    """

    products: tuple[UUID, ...]
    gone: tuple[str, ...] = ()
    revision: int = 0

    @property
    def aggregate(self) -> str:
        """All catalogue changes are handed over in order."""
        return "catalog"
