"""What the stock has to say on the merchant's first page."""

from django.core.cache import cache
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commerce.admin.panels import Figure, Panel, panel

from ..interface import Policy
from ..models import Level
from .levels import FREE, LOW

REMEMBERED = 60  # seconds that counts of all levels are good for


@panel(_("Stock"), permission="stock.view_level")
def today() -> Panel:
    """Say how much is gone, and how much soon will be."""
    gone, low = cache.get_or_set("stock.left", left, REMEMBERED) or (0, 0)
    levels = reverse("admin:stock_level_changelist")
    shelves = (_("Sold out"), gone, "none"), (_("Nearly sold out"), low, "low")
    return Panel(
        waiting=tuple(
            Figure(name, str(many), f"{levels}?left={which}")
            for name, many, which in shelves
            if many
        )
    )


def left() -> tuple[int, int]:
    """Count what is gone and what soon will be; no index has counters, so every level is read."""
    counted = Level.objects.filter(policy=Policy.TRACKED.value).annotate(left=FREE)
    figures = counted.aggregate(
        gone=Count("pk", filter=Q(left__lte=0)), low=Count("pk", filter=Q(left__range=(1, LOW)))
    )
    return figures["gone"], figures["low"]
