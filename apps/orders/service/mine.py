"""The orders of a customer, the latest first."""

from uuid import UUID

from ..interface import Order as Shown
from . import rows
from .show import shown


def mine(*, customer: UUID, before: UUID | None = None, most: int) -> list[Shown]:
    """List what a customer has ordered before a certain order, or lately."""
    return [shown(row) for row in rows.of_customer(customer, before, most)]
