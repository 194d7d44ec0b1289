"""Lets a customer's orders count for promotions that ask about earlier ones."""

from uuid import UUID

from apps.pricing.interface import pricing
from commerce.money import Money

from ..interface import Status
from ..models import Order


def remember(*, order: UUID) -> None:
    """Tell pricing what an order counts for as it stands now; one that was cancelled, for nothing.

    However often and in whichever order this is done, the order's latest version decides.
    """
    found = Order.objects.get(pk=order)
    if found.customer is None:
        return
    pricing.record_purchase(
        order=order,
        customer=found.customer,
        version=found.version,
        spent=Money(found.grand - found.refunded, found.currency),
        counts=found.status != Status.CANCELLED.value,
    )
