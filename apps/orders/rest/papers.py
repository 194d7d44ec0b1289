"""Papers over the API, as PDF: invoices and notes, and what goes with a parcel."""

from django.urls import path

from commerce.rest.endpoint import ApiRequest, Document, endpoint
from commerce.rest.problems import Problem

from .. import service
from .acting import own_order
from .shipments import PARCELS, parcel

PDF = "application/pdf"


@endpoint(
    "GET", credentials=("cu", "ct", "sk"), scopes=("orders:read",), media=PDF, answers={200: None}
)
def document(request: ApiRequest, order: str, number: str) -> Document:
    """Send an invoice, a credit note or a debit note; it is the same file whenever it is asked."""
    for each in service.invoices_of(own_order(request, order).id):
        if each.number == number:
            return Document(data=service.documents_pdf([each]), media=PDF, name=f"{number}.pdf")
    raise Problem("not-found")


@endpoint("GET", credentials=("sk",), scopes=("orders:read",), media=PDF, answers={200: None})
def packing_slip(request: ApiRequest, order: str, fulfillment: str) -> Document:
    """Send what is put into a parcel: what was packed, without prices."""
    found = own_order(request, order)
    shipment = parcel(found, fulfillment)
    data = service.slips_pdf([(found, shipment)])
    return Document(data=data, media=PDF, name=f"{shipment.number}.pdf")


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=("orders:read",),
    idempotency="accepted",
    media=PDF,
    answers={200: None},
)
def label(request: ApiRequest, order: str, fulfillment: str) -> Document:
    """Send a parcel's address label, 100 by 150 mm; carriers' own labels come by connectors."""
    found = own_order(request, order)
    shipment = parcel(found, fulfillment)
    data = service.labels_pdf([(found, shipment)])
    return Document(data=data, media=PDF, name=f"{shipment.number}-label.pdf")


urlpatterns = [
    path("orders/<str:order>/invoices/<str:number>", document, name="orders-document"),
    path(f"{PARCELS}/<str:fulfillment>/packing-slip", packing_slip, name="orders-packing-slip"),
    path(f"{PARCELS}/<str:fulfillment>/label", label, name="orders-label"),
]
