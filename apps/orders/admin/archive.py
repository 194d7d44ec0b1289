"""Finished orders of long ago: found and read like others, and brought back to be changed."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from .. import service
from ..models import Archived
from . import saga
from .page import page
from .promised import Promised


@admin.register(Archived)
class ArchivedAdmin(Promised):
    """Lists orders that were moved into the archive; nothing is changed there."""

    list_display = ("number", "accepted_at", "shown_status", "total", "email")
    search_help_text = _("Order number, or the beginning of an e-mail address")
    ordering = ("-id",)

    def get_urls(self) -> list[URLPattern]:
        """Add the way back, which takes POST only."""
        view = require_POST(self.admin_site.admin_view(self.bring_back))
        back = path("<uuid:order>/bring-back/", view, name="orders_archived_bring_back")
        return [back, *super().get_urls()]

    def has_view_permission(self, request: HttpRequest, obj: Archived | None = None) -> bool:
        """Who may see orders may see old ones."""
        return request.user.has_perm("orders.view_order")

    def has_change_permission(self, request: HttpRequest, obj: Archived | None = None) -> bool:
        """Who may change orders may bring old ones back."""
        return request.user.has_perm("orders.change_order")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Archived], search_term: str
    ) -> tuple[QuerySet[Archived], bool]:
        """Find by the whole number or the beginning of an address: both have an index."""
        term = search_term.strip()
        digits = term.upper().removeprefix("H-")
        if not term:
            return queryset, False
        if digits.isdecimal():
            return queryset.filter(number=f"H-{digits}"), False
        return queryset.filter(email__istartswith=term), False

    def page(self, request: HttpRequest, row: Archived) -> dict[str, Any]:
        """Show all there is, and the way back."""
        order = service.archived(row.pk)
        if order is None:
            raise Http404
        values = page(order) | {"title": order.number}
        values["saga"] = saga.table(values["order"], may_follow=False)
        values["forms"] = [way_back(row.pk)] if self.has_change_permission(request) else []
        for part in (*values["parcels"], *values["returns"]):
            part["forms"] = []
        return values

    def bring_back(self, request: HttpRequest, order: UUID) -> HttpResponse:
        """Move an order to the live ones."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if service.bring_back(order=order):
            messages.success(request, _("The order is back. It can be changed again."))
        return HttpResponseRedirect(reverse("admin:orders_order_change", args=[order]))


def way_back(order: UUID) -> dict[str, Any]:
    """Offer to bring an order back."""
    place = reverse("admin:orders_archived_bring_back", args=[order])
    return {"name": _("Bring back from the archive"), "url": place, "fields": []}
