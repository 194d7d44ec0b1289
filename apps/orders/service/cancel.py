"""Ends an order that will not be fulfilled, and gives back what was kept for it."""

from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from commerce.events import publish

from ..domain import CANCELLABLE, NEXT
from ..events import OrderCancelled
from ..interface import Status
from ..models import Line
from . import intents
from .accept import free
from .change import change, hold_still

ENDS_FROM = [status for status, after in NEXT.items() if Status.CANCELLED in after]
PAYMENTS = sorted(payment.value for payment in CANCELLABLE)
SENT = Line.objects.filter(order=OuterRef("pk"), packed__gt=0)
IN_THE_HOUSE = Q(~Exists(SENT), payment__in=PAYMENTS)


class NotCancellable(Exception):
    """The order has gone too far, or its money is being taken this moment."""


def cancel(*, order: UUID, actor: str, why: str) -> None:
    """Cancel an order with a reason, which stays in its story; raises NotCancellable."""
    with transaction.atomic():
        hold_still(order)
        for before in ENDS_FROM:
            step = (before, Status.CANCELLED)
            if change(order, *step, actor=actor, why=why, only_if=IN_THE_HOUSE):
                publish(OrderCancelled(order=order))
                return
    raise NotCancellable


def give_back(*, order: UUID) -> None:
    """Free what was taken for a cancelled order; repeated, nothing is freed twice."""
    free(intents.read(order))
