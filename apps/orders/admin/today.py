"""How the day goes, for the merchant's first page."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commerce.admin.panels import Cell, Day, Figure, Panel, Table, panel
from commerce.money import Money

from ..interface import Status
from ..models import Order
from ..service import figures
from .page import LABELS, written

DAYS = 14
LATEST = 10
OUTSTANDING = ",".join(figures.OUTSTANDING_VALUES)


@panel(gettext_lazy("Orders"), permission="orders.view_order")
def today() -> Panel:
    """Gather today's figures, what waits, the last days and the latest orders."""
    known = figures.today()
    return Panel(
        figures=(Figure(_("Orders today"), str(known.orders), listed()), *revenue(known.revenue)),
        waiting=tuple(waiting(known)),
        chart_title=_("Orders in the last %d days") % DAYS,
        days=tuple(map(told, figures.last_days(DAYS))),
        table=Table(
            title=_("The last orders"),
            headers=(_("number"), _("ordered"), _("status"), _("total"), _("e-mail")),
            rows=tuple(map(row, figures.latest(LATEST))),
            url=listed(),
        ),
    )


def listed(query: str = "") -> str:
    """Lead to the list of orders."""
    return reverse("admin:orders_order_changelist") + query


def revenue(amounts: tuple[Money, ...]) -> list[Figure]:
    """Name what today brought, by currency."""
    name = _("Revenue today, %s")
    return [Figure(name % amount.currency, written(amount)) for amount in amounts]


def waiting(known: figures.Today) -> list[Figure]:
    """Name what somebody should look at."""
    to_confirm = Figure(
        _("Accepted, not yet placed by a worker"),
        str(known.to_confirm),
        listed(f"?status__exact={Status.ACCEPTED.value}"),
    )
    to_settle = Figure(
        _("Placed, to be paid"),
        str(known.to_settle),
        listed(f"?status__exact={Status.PLACED.value}&payment__in={OUTSTANDING}"),
    )
    return [figure for figure in (to_confirm, to_settle) if figure.value != "0"]


def told(sales: figures.Sales) -> Day:
    """Tell a day in words."""
    day = date_format(sales.day, "MONTH_DAY_FORMAT")
    many = ngettext("%d order", "%d orders", sales.orders) % sales.orders
    sums = "".join(f", {written(amount)}" for amount in sales.revenue)
    return Day(name=day, value=sales.orders, told=f"{day}: {many}{sums}")


def row(order: Order) -> tuple[Cell, ...]:
    """Show an order in one line."""
    when = date_format(localtime(order.accepted_at), "DATETIME_FORMAT")
    return (
        Cell(order.number, url=reverse("admin:orders_order_change", args=[order.pk])),
        Cell(when),
        Cell(order.status, label=LABELS.get(order.status, "default")),
        Cell(written(Money(order.grand, order.currency))),
        Cell(order.email),
    )
