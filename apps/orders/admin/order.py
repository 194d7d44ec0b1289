"""Orders for merchants: today's first, each with its whole story and what can be done with it now.

Nothing is edited here. An order changes through an action, with a reason that stays in its story.
"""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from commerce import ids
from commerce.admin.lists import Listed
from commerce.money import Money

from ..models import Order
from . import acting, papers, saga
from .page import LABELS, page, written


@admin.register(Order)
class OrderAdmin(Listed):
    """Lists what was ordered; attempts that were never accepted are no orders."""

    list_display = ("number", "accepted_at", "shown_status", "payment", "total", "email")
    list_filter = ("status", "payment")
    search_fields = ("number", "email")
    search_help_text = _("Order number or id, or the beginning of an e-mail address")
    ordering = ("-accepted_at", "-id")
    actions = (papers.documents, papers.slips, papers.labels)

    def get_urls(self) -> list[URLPattern]:
        """Add a place for everything that can be done, which takes POST only."""
        inherited: list[URLPattern] = super().get_urls()
        return [*acting.urls(self), *papers.urls(self), *inherited]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Orders come from carts."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        """Orders stay."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        """List what was promised at some time."""
        everything: QuerySet[Order] = super().get_queryset(request)
        return everything.filter(accepted_at__isnull=False)

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

    @display(description=_("status"), ordering="status", label=LABELS)
    def shown_status(self, order: Order) -> str:
        """Show the state as a coloured label."""
        return order.status

    @admin.display(description=_("total"), ordering="grand")
    def total(self, order: Order) -> str:
        """Show the total as the merchant writes money."""
        return written(Money(order.grand, order.currency))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show an order's page."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        values = self.admin_site.each_context(request) | page(row)
        follows = request.user.has_perm("events.view_delivery")
        values |= {"opts": self.opts, "title": row.number}
        values["saga"] = saga.table(values["order"], may_follow=follows)
        if not self.has_change_permission(request, row):
            values |= acting.NOTHING
        return TemplateResponse(request, "orders/admin/order.html", values)


def named(term: str) -> UUID | None:
    """Read an order's id as the API and the stock write it."""
    try:
        return ids.parse("ord", term)
    except ids.UnknownId:
        return None
