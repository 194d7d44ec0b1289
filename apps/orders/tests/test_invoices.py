"""Invoices and credit notes: no gap, no double, never changed, whoever dies in between."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction

from commerce import ids
from commerce.proof import prove
from commerce.testing import deliver_all

from .. import service
from ..domain.life import Tracking
from ..interface import Payment, Status
from ..models import Invoice, InvoiceSeries
from ..service.invoice import next_number
from .conftest import fill
from .fakes import cart_line
from .rows import order_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop")]
EVE = "staff:eve"


def bought(shop, **fields):
    wish = fill(shop, lines=(cart_line("MUG", 3), cart_line("PEN", 2)), **fields)
    order = service.place(wish=wish, caller="ct:ada", key=str(wish.cart)).order
    deliver_all()
    return order


def places():
    return [int(number[-6:]) for number in Invoice.objects.values_list("number", flat=True)]


def test_what_is_paid_is_invoiced_once(shop):
    order = bought(shop)
    assert service.invoice(order=order) == service.invoice(order=order)
    document = Invoice.objects.get()
    assert document.content["total"] == 5490
    assert [line["quantity"] for line in document.content["lines"]] == [3, 2]
    goods = sum(line["total"] for line in document.content["lines"])
    assert goods + document.content["shipping"] == document.content["total"]


def test_what_is_paid_later_is_invoiced_when_it_leaves(shop):
    order = bought(shop, method="invoice")
    assert not Invoice.objects.exists()
    parcel = service.pack(order=order, goods={1: 3}, actor=EVE, key="a")
    service.ship(order=order, shipment=parcel, tracking=Tracking(), actor=EVE)
    deliver_all()
    assert Invoice.objects.count() == 1


def test_what_is_given_back_has_a_credit_note(shop):
    order = bought(shop)
    service.withdraw(order=order, goods={1: 1}, actor=EVE, why="Fewer", key="a")
    deliver_all()
    deliver_all()
    invoice, note = service.invoices_of(order)
    assert note.content["invoice"] == invoice.number
    assert (note.content["total"], note.content["lines"][0]["quantity"]) == (1000, 1)
    assert (invoice.number[:4], note.number[:3]) == ("INV-", "CN-")


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_however_many_come_and_fail():
    orders = [order_row(Status.PAID, payment=Payment.CAPTURED.value).pk for _ in range(12)]

    def attempt(place):
        try:
            if place % 3 == 0:
                with transaction.atomic():
                    next_number("INV")
                    raise RuntimeError
            service.invoice(order=orders[place % 12])
        except RuntimeError:
            return
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(attempt, range(36)))
    assert sorted(places()) == list(range(1, len(places()) + 1))
    assert InvoiceSeries.objects.get().last == len(places()) == 8


@pytest.mark.parametrize(
    "meddle", ["UPDATE orders_invoice SET content = '{}'", "DELETE FROM orders_invoice"]
)
def test_a_document_never_changes(shop, meddle):
    bought(shop)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        connection.cursor().execute(meddle)


def test_documents_are_shown_to_whom_the_order_is(shop, client):
    order = bought(shop)
    number = Invoice.objects.get().number
    name = ids.public("ord", order)
    page = client.get(service.document_path(order, number)).content.decode()
    assert f"Invoice {number}" in page
    assert "€54.90" in page
    assert client.get(f"/orders/{name}/documents/{number}/?key=guess").status_code == 404
    assert client.get(service.document_path(order, "INV-2026-999999")).status_code == 404
    token = prove("cart", service.show(order=order).cart)
    place = f"/api/orders/v1/orders/{name}/invoices"
    (listed,) = client.get(place, headers={"X-Cart-Token": token}).json()["data"]
    assert (listed["number"], listed["kind"]) == (number, "invoice")
    assert listed["total"] == {"amount": "54.90", "currency": "EUR"}
    assert client.get(place, headers={"X-Cart-Token": "guess"}).status_code == 404


def test_a_document_speaks_the_readers_language(shop, client):
    order = bought(shop)
    path = service.document_path(order, Invoice.objects.get().number)
    assert "Facture INV-" in client.get(f"/fr{path}").content.decode()


def test_what_people_typed_is_no_markup(shop, client):
    shop_line = cart_line("MUG", 1, name={"en": "{{ 7 }}<script>"})
    wish = fill(shop, lines=(shop_line,))
    order = service.place(wish=wish, caller="ct:ada", key="a").order
    deliver_all()
    page = client.get(service.document_path(order, Invoice.objects.get().number))
    assert "{{ 7 }}&lt;script&gt;" in page.content.decode()
