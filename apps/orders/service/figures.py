"""How today goes: what a merchant wants to know first."""

from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import Count, Q, Sum
from django.utils import timezone

from commerce.money import Money

from ..domain import OUTSTANDING, PROMISED
from ..interface import Status
from ..models import Order

OUTSTANDING_VALUES = sorted(payment.value for payment in OUTSTANDING)
PROMISED_VALUES = sorted(status.value for status in PROMISED)
WAITING_VALUES = [Status.ACCEPTED.value, Status.PLACED.value]


@dataclass(frozen=True)
class Today:
    """Orders since midnight in the shop's time zone, and what waits, whenever it was ordered."""

    orders: int
    revenue: tuple[Money, ...]  # of today's orders, by currency
    to_confirm: int  # accepted, not yet placed by a worker
    to_settle: int  # placed, with money awaited or refused


def today() -> Today:
    """Count today's orders, add them up, and count what waits."""
    waiting = Order.objects.filter(status__in=WAITING_VALUES).aggregate(
        to_confirm=Count("pk", filter=Q(status=Status.ACCEPTED.value)),
        to_settle=Count("pk", filter=Q(status=Status.PLACED.value, payment__in=OUTSTANDING_VALUES)),
    )
    sold = (
        Order.objects.filter(status__in=PROMISED_VALUES, accepted_at__gte=midnight())
        .order_by("currency")
        .values_list("currency")
        .annotate(orders=Count("pk"), revenue=Sum("grand"))
    )
    by_currency = list(sold)
    return Today(
        orders=sum(orders for _, orders, _ in by_currency),
        revenue=tuple(Money(revenue, currency) for currency, _, revenue in by_currency),
        to_confirm=waiting["to_confirm"],
        to_settle=waiting["to_settle"],
    )


def midnight() -> datetime:
    """Return when today began for the merchant."""
    return timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
