"""What merchants see of every order that was promised, live or archived."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from commerce.admin.lists import Shown
from commerce.money import Money

from ..models import Archived, Order
from .page import LABELS, written


class Promised(Shown):
    """Leaves out attempts that were never accepted: they are no orders."""

    page_template = "orders/admin/order.html"
    search_fields = ("number", "email")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """List what was promised at some time."""
        everything: QuerySet[Any] = super().get_queryset(request)
        return everything.filter(accepted_at__isnull=False)

    @display(description=_("status"), ordering="status", label=LABELS)
    def shown_status(self, order: Order | Archived) -> str:
        """Show the state as a coloured label."""
        return order.status

    @admin.display(description=_("total"), ordering="grand")
    def total(self, order: Order | Archived) -> str:
        """Show the total as the merchant writes money."""
        return written(Money(order.grand, order.currency))
