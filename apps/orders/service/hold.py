"""Stops an order for a while: nothing of it is packed or sent until it is released."""

from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from ..domain import PROMISED, UNSENT
from ..domain.life import NotAllowed, Refusal
from ..models import Order
from .change import note

HOLDABLE = Q(
    status__in=sorted(status.value for status in PROMISED),
    delivery__in=sorted(delivery.value for delivery in UNSENT),
)


def hold(*, order: UUID, actor: str, why: str) -> None:
    """Stop an order; repeated, nothing happens. Raises NotAllowed when it is over or all sent."""
    with transaction.atomic():
        free = Order.objects.filter(HOLDABLE, pk=order, on_hold=False)
        if free.update(on_hold=True, version=F("version") + 1):
            note(order, actor=actor, what="on hold", why=why)
        elif not Order.objects.filter(pk=order, on_hold=True).exists():
            raise NotAllowed(Refusal.OVER)


def release_hold(*, order: UUID, actor: str, why: str) -> None:
    """Let an order go on; repeated, nothing happens."""
    with transaction.atomic():
        held = Order.objects.filter(pk=order, on_hold=True)
        if held.update(on_hold=False, version=F("version") + 1):
            note(order, actor=actor, what="released", why=why)
