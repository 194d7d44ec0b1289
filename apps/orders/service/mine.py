"""The orders of a customer, the latest first."""

from uuid import UUID

from ..interface import Order as Shown
from ..models import Order
from .show import BELONGINGS, shown


def mine(*, customer: UUID, before: UUID | None = None, most: int) -> list[Shown]:
    """List what a customer has ordered before a certain order, or lately."""
    orders = Order.objects.filter(customer=customer, accepted_at__isnull=False).order_by("-id")
    if before:
        orders = orders.filter(id__lt=before)
    return [shown(order) for order in orders.prefetch_related(*BELONGINGS)[:most]]
