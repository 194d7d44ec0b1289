"""Papers for merchants: of one order or parcel, or of many orders in one file."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from .. import service
from ..interface import Order as Shown
from ..interface import Shipment, ShipmentState
from ..models import Order

Parcels = list[tuple[Shown, Shipment]]
PRINTERS: dict[str, Callable[[Parcels], bytes]] = {
    "slip": service.slips_pdf,
    "label": service.labels_pdf,
}
NAMES = {"slip": _("Packing slip"), "label": _("Label")}


def urls(site: admin.ModelAdmin[Any]) -> list[URLPattern]:
    """Give the papers of one order a place below it."""

    def document(request: HttpRequest, order: UUID, number: str) -> HttpResponse:
        check(site, request)
        found = [each for each in service.invoices_of(order) if each.number == number]
        if not found:
            raise Http404
        return file(service.documents_pdf(found), number)

    def paper(request: HttpRequest, order: UUID, shipment: UUID, kind: str) -> HttpResponse:
        check(site, request)
        found = [each for each in parcels([order]) if each[1].id == shipment]
        if not found or kind not in PRINTERS:
            raise Http404
        return file(PRINTERS[kind](found), f"{found[0][1].number}-{kind}")

    view = site.admin_site.admin_view
    return [
        path(
            "<uuid:order>/documents/<str:number>.pdf",
            require_safe(view(document)),
            name="orders_order_document",
        ),
        path(
            "<uuid:order>/parcels/<uuid:shipment>/<slug:kind>.pdf",
            require_safe(view(paper)),
            name="orders_order_paper",
        ),
    ]


def check(site: admin.ModelAdmin[Any], request: HttpRequest) -> None:
    """Let in who may look at orders."""
    if not site.has_view_permission(request):
        raise PermissionDenied


def parcels(orders: list[UUID]) -> Parcels:
    """List the parcels of orders that travel or will."""
    return [
        (order, shipment)
        for order in (service.show(order=each) for each in orders)
        for shipment in order.shipments
        if shipment.state is not ShipmentState.UNPACKED
    ]


def papers_of(order: UUID, shipment: Shipment) -> list[dict[str, object]]:
    """Link a parcel's papers."""
    if shipment.state is ShipmentState.UNPACKED:
        return []
    return [
        {"name": name, "url": reverse("admin:orders_order_paper", args=[order, shipment.id, kind])}
        for kind, name in NAMES.items()
    ]


def file(content: bytes, name: str) -> HttpResponse:
    """Answer with a PDF."""
    place = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=place)


@admin.action(description=_("Invoices and notes of these orders (PDF)"), permissions=["view"])
def documents(
    site: admin.ModelAdmin[Any], request: HttpRequest, orders: QuerySet[Order]
) -> HttpResponse | None:
    """Put the documents of the selected orders into one file."""
    found = service.documents_of(list(orders.values_list("pk", flat=True)))
    if found:
        return file(service.documents_pdf(found), "documents")
    messages.warning(request, _("None of these orders has a document yet."))
    return None


@admin.action(description=_("Packing slips of these orders (PDF)"), permissions=["view"])
def slips(
    site: admin.ModelAdmin[Any], request: HttpRequest, orders: QuerySet[Order]
) -> HttpResponse | None:
    """Put the packing slips of the selected orders into one file."""
    return of_parcels(request, orders, "slip")


@admin.action(description=_("Labels of these orders (PDF)"), permissions=["view"])
def labels(
    site: admin.ModelAdmin[Any], request: HttpRequest, orders: QuerySet[Order]
) -> HttpResponse | None:
    """Put the labels of the selected orders into one file."""
    return of_parcels(request, orders, "label")


def of_parcels(request: HttpRequest, orders: QuerySet[Order], kind: str) -> HttpResponse | None:
    """Put one paper of every parcel into one file."""
    if found := parcels(list(orders.values_list("pk", flat=True))):
        return file(PRINTERS[kind](found), f"{kind}s")
    messages.warning(request, _("Nothing is packed for these orders yet."))
    return None
