"""Ends an order that will not be fulfilled, and gives back what was kept for it."""

from uuid import UUID

from django.db import transaction

from commerce.events import publish

from ..domain import CANCELLABLE, NEXT
from ..events import OrderCancelled
from ..interface import Status
from . import intents
from .accept import free
from .change import change

ENDS_FROM = [status for status, after in NEXT.items() if Status.CANCELLED in after]
PAYMENTS = sorted(payment.value for payment in CANCELLABLE)


class NotCancellable(Exception):
    """The order has gone too far, or its money is being taken this moment."""


def cancel(*, order: UUID, actor: str, why: str) -> None:
    """Cancel an order with a reason, which stays in its story; raises NotCancellable."""
    with transaction.atomic():
        for before in ENDS_FROM:
            step = (before, Status.CANCELLED)
            if change(order, *step, actor=actor, why=why, only_if={"payment__in": PAYMENTS}):
                publish(OrderCancelled(order=order))
                return
    raise NotCancellable


def give_back(*, order: UUID) -> None:
    """Free what was taken for a cancelled order; repeated, nothing is freed twice."""
    free(intents.read(order))
