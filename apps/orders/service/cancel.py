"""Ends an order that will not be fulfilled, and gives back what was kept for it."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from commerce.events import publish

from ..domain import CANCELLABLE, NEXT
from ..domain.life import NotAllowed, Refusal
from ..domain.refunds import Cause
from ..events import OrderCancelled
from ..interface import Status
from ..models import Line, Order
from . import intents
from .accept import free
from .change import change, hold_still
from .count import lines_of
from .refund import credit, decide

ENDS_FROM = [status for status, after in NEXT.items() if Status.CANCELLED in after]
PAYMENTS = sorted(payment.value for payment in CANCELLABLE)
PACKED = Line.objects.filter(order=OuterRef("pk"), packed__gt=0)
IN_THE_HOUSE = Q(~Exists(PACKED), payment__in=PAYMENTS)
KEY = "cancellation"


class NotCancellable(NotAllowed):
    """The order has gone too far, or its money is being taken this moment."""


def cancel(*, order: UUID, actor: str, why: str) -> None:
    """Cancel an order with a reason, which stays in its story; raises NotCancellable.

    Money that was taken is given back, and all goods, coupons and gift cards are.
    """
    with transaction.atomic():
        hold_still(order)
        for before in ENDS_FROM:
            step = (before, Status.CANCELLED)
            if change(order, *step, actor=actor, why=why, only_if=IN_THE_HOUSE):
                pay_back(order, actor, why)
                publish(OrderCancelled(order=order))
                return
        raise too_late(order)


def pay_back(order: UUID, actor: str, why: str) -> None:
    """Decide to give back what was taken and not given back yet, and whatever cards have paid."""
    found = Order.objects.get(pk=order)
    if not found.is_taken:
        return
    paid = found.taken + sum(each["minor"] for each in found.cards)
    if left := paid - found.refunded:
        uncredited = {at: each.quantity - each.credited for at, each in lines_of(order).items()}
        credits = credit(order, {at: many for at, many in uncredited.items() if many})
        terms: Any = {"actor": actor, "why": why, "key": KEY, "credits": credits}
        decide(order, left, Cause.CANCELLATION, **terms)


def too_late(order: UUID) -> NotCancellable:
    """Say why an order cannot be cancelled."""
    found = Order.objects.get(pk=order)
    if Line.objects.filter(order=order, shipped__gt=0).exists():
        return NotCancellable(Refusal.SHIPPED)
    if Line.objects.filter(order=order, packed__gt=0).exists():
        return NotCancellable(Refusal.PACKED)
    if Status(found.status) in ENDS_FROM:
        return NotCancellable(Refusal.MONEY_MOVES)
    return NotCancellable(Refusal.OVER, status=found.status)


def give_back(*, order: UUID) -> None:
    """Free what was taken for a cancelled order; repeated, nothing is freed twice."""
    free(intents.read(order))
