"""What promotions cost, for merchants: all of them, or one of them day by day."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from commerce import clock
from commerce.admin.panels import Day as Bar
from commerce.admin.today import drawn
from commerce.money import Money

from ..models import Promotion
from ..service import costs

PERIODS = {7: _("7 days"), 30: _("30 days"), 90: _("90 days"), 365: _("a year")}
USUAL = 30


def period(request: HttpRequest) -> int:
    """Read how many days are looked at."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked.isdecimal() and len(asked) < 4 else USUAL
    return days if days in PERIODS else USUAL


def overview(days: int) -> dict[str, Any]:
    """Gather what all promotions gave."""
    found = costs.since(clock.now() - timedelta(days=days))
    most: dict[str, int] = {}
    for cost in found:
        most[cost.given.currency] = max(most.get(cost.given.currency, 1), cost.given.minor)
    rows = [
        {
            "promotion": cost.promotion,
            "name": cost.name,
            "orders": cost.orders,
            "given": written(cost.given),
            "each": written(Money(cost.given.minor // cost.orders, cost.given.currency)),
            "share": round(100 * cost.given.minor / most[cost.given.currency]),
        }
        for cost in found
    ]
    return {"rows": rows, "sums": sums(found), "days": days, "periods": PERIODS.items()}


def sums(found: list[costs.Cost]) -> list[str]:
    """Add up what was given in each currency."""
    added: dict[str, Money] = {}
    for cost in found:
        currency = cost.given.currency
        added[currency] = added.get(currency, Money.zero(currency)) + cost.given
    return [written(each) for each in added.values()]


def of_one(promotion: Promotion, days: int) -> dict[str, Any]:
    """Gather what one promotion gave, as a chart for each currency."""
    today = timezone.localdate()
    found = costs.by_day(promotion, today - timedelta(days=days - 1), today)
    charts = []
    for currency, each in found.items():
        given = sum((day.given for day in each), Money.zero(currency))
        orders = sum(day.orders for day in each)
        bars = [Bar(short(day), day.given.minor, told(day)) for day in each]
        charts.append({"title": total(given, orders), "bars": drawn(bars)})
    return {"charts": charts, "days": days, "periods": PERIODS.items()}


def short(day: costs.Day) -> str:
    """Write a day below a chart."""
    return date_format(day.day, "SHORT_DATE_FORMAT")


def told(day: costs.Day) -> str:
    """Say what a bar stands for."""
    return f"{short(day)}: {total(day.given, day.orders)}"


def total(given: Money, orders: int) -> str:
    """Say how much went to how many orders."""
    words = ngettext("%(given)s in %(orders)d order", "%(given)s in %(orders)d orders", orders)
    return words % {"given": written(given), "orders": orders}


def written(money: Money) -> str:
    """Write an amount with its currency."""
    return f"{money.amount:f} {money.currency}"


def rows(days: int) -> Iterator[tuple[object, ...]]:
    """Write the overview as a sheet."""
    yield (
        gettext("Key"),
        gettext("Name"),
        gettext("Orders"),
        gettext("Given"),
        gettext("Currency"),
    )
    for cost in costs.since(clock.now() - timedelta(days=days)):
        yield cost.key, cost.name, cost.orders, f"{cost.given.amount:f}", cost.given.currency
