"""What promotions cost: what orders got of each, by currency and by day.

An order that was cancelled gave its discounts back, and does not count.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from apps.pricing.models import Promotion, PromotionUse
from commerce.money import Money


class Cost(NamedTuple):
    """What a promotion gave in one currency, and to how many orders."""

    promotion: int
    key: str
    name: str
    given: Money
    orders: int


class Day(NamedTuple):
    """What was given on a day, and to how many orders."""

    day: date
    given: Money
    orders: int


def since(moment: datetime) -> list[Cost]:
    """Add up what each promotion gave since a moment, the dearest of each currency first."""
    rows = (
        PromotionUse.objects.filter(at__gte=moment)
        .values("promotion", "promotion__key", "promotion__name", "currency")
        .annotate(given=Sum("minor"), orders=Count("pk"))
        .order_by("currency", "-given", "promotion")
    )
    return [
        Cost(
            row["promotion"],
            row["promotion__key"],
            row["promotion__name"],
            Money(row["given"], row["currency"]),
            row["orders"],
        )
        for row in rows
    ]


def by_day(promotion: Promotion, first: date, last: date) -> dict[str, list[Day]]:
    """Tell of each currency what a promotion gave on each day, also on those without an order."""
    rows = (
        promotion.uses.annotate(day=TruncDate("at"))
        .filter(day__gte=first, day__lte=last)
        .values("day", "currency")
        .annotate(given=Sum("minor"), orders=Count("pk"))
    )
    found = {(row["currency"], row["day"]): (row["given"], row["orders"]) for row in rows}
    return {
        currency: [
            Day(day, Money(found.get((currency, day), (0, 0))[0], currency),
                found.get((currency, day), (0, 0))[1])
            for day in days(first, last)
        ]
        for currency in sorted({currency for currency, _day in found})
    }  # fmt: skip


def days(first: date, last: date) -> Iterator[date]:
    """List the days from one to another."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
