"""Orders for merchants: today's first, each with its whole story and what can be done with it now.

Nothing is edited here. An order changes through an action, with a reason that stays in its story.
"""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _

from commerce import ids

from ..models import Order
from . import acting, papers, saga
from .page import page
from .promised import Promised


@admin.register(Order)
class OrderAdmin(Promised):
    """Lists live orders."""

    list_display = ("number", "accepted_at", "shown_status", "payment", "total", "email")
    list_filter = ("status", "payment")
    search_help_text = _("Order number or id, or the beginning of an e-mail address")
    ordering = ("-accepted_at", "-id")
    actions = (papers.documents, papers.slips, papers.labels)

    def get_urls(self) -> list[URLPattern]:
        """Add a place for everything that can be done, which takes POST only."""
        inherited: list[URLPattern] = super().get_urls()
        return [*acting.urls(self), *papers.urls(self), *inherited]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        """Find by the whole number or id, or the beginning of an address: all have an index."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if order := named(term):
            return queryset.filter(pk=order), False
        if digits := term.upper().removeprefix("H-") if "@" not in term else "":
            by_number = queryset.filter(number=f"H-{digits}")
            if digits.isdecimal():
                return by_number, False
        return queryset.filter(email__istartswith=term), False

    def page(self, request: HttpRequest, row: Order) -> dict[str, Any]:
        """Show all there is, and to whom it is allowed what can be done."""
        follows = request.user.has_perm("events.view_delivery")
        values = page(row) | {"title": row.number}
        values["saga"] = saga.table(values["order"], may_follow=follows)
        return values if self.has_change_permission(request, row) else values | acting.NOTHING


def named(term: str) -> UUID | None:
    """Read an order's id as the API and the stock write it."""
    try:
        return ids.parse("ord", term)
    except ids.UnknownId:
        return None
