"""Ends what was begun and never decided, because somebody crashed or another context was silent."""

from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models.functions import Now

from commerce.services import ServiceUnavailable

from ..models import Order
from . import accept, intents

log = structlog.get_logger("halles.orders")
BATCH = 100  # orders


def recover() -> int:
    """Accept or refuse every order left undecided for ORDER_RECOVERY_SECONDS; count those decided.

    Meant to be run every few seconds, by as many processes as there are. A defect that one order
    meets is raised after the others have had their turn.
    """
    count, defects = 0, []
    for order in left_behind():
        try:
            count += decided(order)
        except Exception as defect:
            defects.append(defect)
    if defects:
        raise ExceptionGroup("orders stay undecided", defects)
    return count


def left_behind() -> list[UUID]:
    """List undecided orders that nobody is working on, the longest waiting first."""
    age = timedelta(seconds=settings.ORDER_RECOVERY_SECONDS)
    waiting = Order.objects.filter(
        status__in=intents.UNDECIDED_VALUES, claimed_until__lte=Now(), created_at__lte=Now() - age
    )
    return list(waiting.order_by("claimed_until").values_list("pk", flat=True)[:BATCH])


def decided(order: UUID) -> bool:
    """End one order; when another context is silent it stays for the next time."""
    if not intents.claim(order):
        return False
    try:
        outcome = accept.decide(intents.read(order), actor="recovery")
    except ServiceUnavailable as silence:
        log.warning("order stays undecided", order=str(order), reason=silence.reason)
        return False
    log.info("order recovered", order=str(order), status=outcome.status.value)
    return True
