"""How today goes: what a merchant wants to know first."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
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


@dataclass(frozen=True)
class Sales:
    """What was ordered on one day, in the shop's time zone."""

    day: date
    orders: int
    revenue: tuple[Money, ...]


def last_days(many: int) -> tuple[Sales, ...]:
    """Count and add up the orders of each of the last days, quiet ones too; today is the last."""
    first = timezone.localdate() - timedelta(days=many - 1)
    sold = (
        Order.objects.filter(status__in=PROMISED_VALUES, accepted_at__gte=beginning(first))
        .annotate(day=TruncDate("accepted_at"))
        .order_by("day", "currency")
        .values_list("day", "currency")
        .annotate(orders=Count("pk"), revenue=Sum("grand"))
    )
    counted: dict[date, tuple[int, tuple[Money, ...]]] = {
        first + timedelta(days=number): (0, ()) for number in range(many)
    }
    for day, currency, orders, revenue in sold:
        before, money = counted[day]
        counted[day] = (before + orders, (*money, Money(revenue, currency)))
    return tuple(Sales(day, *counts) for day, counts in counted.items())


def latest(many: int) -> list[Order]:
    """Return the orders accepted last."""
    return list(
        Order.objects.filter(accepted_at__isnull=False).order_by("-accepted_at", "-id")[:many]
    )


def midnight() -> datetime:
    """Return when today began for the merchant."""
    return beginning(timezone.localdate())


def beginning(day: date) -> datetime:
    """Return when a day began for the merchant."""
    return timezone.make_aware(datetime.combine(day, time.min))
