"""Finished orders of long ago: found and read like others, and brought back to be changed."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import display

from commerce.admin.lists import Listed
from commerce.money import Money

from .. import service
from ..models import Archived
from . import saga
from .page import LABELS, page, written


@admin.register(Archived)
class ArchivedAdmin(Listed):
    """Lists orders that were moved into the archive; nothing is changed there."""

    list_display = ("number", "accepted_at", "shown_status", "total", "email")
    search_fields = ("number", "email")
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

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Orders come here by themselves."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Archived | None = None) -> bool:
        """Orders stay."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Archived]:
        """List what was promised at some time."""
        everything: QuerySet[Archived] = super().get_queryset(request)
        return everything.filter(accepted_at__isnull=False)

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

    @display(description=_("status"), ordering="status", label=LABELS)
    def shown_status(self, order: Archived) -> str:
        """Show the state as a coloured label."""
        return order.status

    @admin.display(description=_("total"), ordering="grand")
    def total(self, order: Archived) -> str:
        """Show the total as the merchant writes money."""
        return written(Money(order.grand, order.currency))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show an archived order's page: all there is, and the way back."""
        found = self.get_object(request, object_id)
        row = service.archived(found.pk) if found else None
        if row is None:
            raise Http404
        if not self.has_view_permission(request):
            raise PermissionDenied
        values = self.admin_site.each_context(request) | page(row)
        values |= {"opts": self.opts, "title": row.number}
        values["saga"] = saga.table(values["order"], may_follow=False)
        values["forms"] = [way_back(row.pk)] if self.has_change_permission(request) else []
        for part in (*values["parcels"], *values["returns"]):
            part["forms"] = []
        return TemplateResponse(request, "orders/admin/order.html", values)

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
