"""Papers show the stored figures, are the same file whenever they are made, and read no markup."""

import re

import pypdfium2
import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from commerce import ids
from commerce.money import Money
from commerce.proof import prove
from commerce.rest import keys
from commerce.testing import deliver_all

from .. import service
from ..domain.life import Tracking
from ..models import Invoice
from .conftest import fill
from .fakes import cart_line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop")]
EVE = "staff:eve"
SECRET = "sk_" + "p" * 32
HOSTILE = "<b>{{ 7 }}</b> &amp; <img src='x'/> \x1b[0m \u202e שלום 茶碗 🫖"


def pages(pdf):
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def text_of(pdf):
    return re.sub(r"\s+", " ", " ".join(pages(pdf)))


def bought(shop, **fields):
    lines = fields.pop("lines", (cart_line("MUG", 3), cart_line("PEN", 2)))
    wish = fill(shop, lines=lines, **fields)
    order = service.place(wish=wish, caller="ct:ada", key=str(wish.cart)).order
    deliver_all()
    return order


def long_document(many):
    line = {"sku": "", "options": {}, "quantity": 1, "unit": 100, "total": 100, "tax_rate": "20"}
    content = {
        "order": "H-1",
        "email": "",
        "address": None,
        "locale": "en",
        "currency": "EUR",
        "lines": [line | {"name": f"No {number:03} of many"} for number in range(many)],
        "shipping": 0,
        "tax": 0,
        "total": 100 * many,
    }
    return Invoice(number="INV-2026-000001", content=content, issued_at=timezone.now())


def amounts(content):
    money = [content["total"], content["tax"], *(each["tax"] for each in content["taxes"])]
    money += [each[name] for each in content["lines"] for name in ("unit", "total")]
    return [Money(minor, content["currency"]).format(content["locale"]) for minor in money]


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_an_invoice_shows_the_stored_figures(shop, locale):
    bought(shop, locale=locale)
    document = Invoice.objects.get()
    text = text_of(service.documents_pdf([document]))
    wanted = [re.sub(r"\s+", " ", amount) for amount in amounts(document.content)]
    assert [amount for amount in wanted if amount not in text] == []
    assert document.number in text


def test_made_twice_it_is_the_same_file(shop):
    order = service.show(order=bought(shop))
    documents = [Invoice.objects.get()] * 2
    parcel = service.pack(order=order.id, goods={1: 3}, actor=EVE, key="a")
    found = service.show(order=order.id)
    assert found.shipments[0].id == parcel
    for make, what in (
        (service.documents_pdf, documents),
        (service.slips_pdf, [(found, found.shipments[0])]),
        (service.labels_pdf, [(found, found.shipments[0])]),
    ):
        assert make(what) == make(what)


@pytest.mark.parametrize("many", [1, 20, 21, 22, 23, 200])
def test_a_long_document_breaks_into_pages_and_loses_no_line(many):
    found = pages(service.documents_pdf([long_document(many)]))
    named = [number for page in found for number in re.findall(r"No (\d{3}) of many", page)]
    assert named == [f"{number:03}" for number in range(many)]
    assert all(f"Page {at} of {len(found)}" in page for at, page in enumerate(found, start=1))
    assert all("What" in page for page in found if "of many" in page)


def test_what_people_typed_is_drawn_as_it_is(shop):
    order = bought(shop, lines=(cart_line("MUG", 1, name={"en": HOSTILE}),))
    service.pack(order=order, goods={1: 1}, actor=EVE, key="a")
    found = service.show(order=order)
    parcel = (found, found.shipments[0])
    for pdf in (service.documents_pdf(Invoice.objects.all()), service.slips_pdf([parcel])):
        assert "<b>{{ 7 }}</b> &amp; <img src='x'/>" in text_of(pdf)


def test_its_fonts_travel_with_it_and_know_french(shop):
    name = "Œuvre « à l’été » 5 €"
    bought(shop, locale="fr", lines=(cart_line("MUG", 1, name={"fr": name}),))
    pdf = service.documents_pdf(Invoice.objects.all())
    assert re.search(rb"/FontFile2 \d+ 0 R", pdf)
    assert b"/BaseFont /Helvetica" not in pdf
    assert name in text_of(pdf)


def test_a_packing_slip_says_what_is_inside_and_no_price(shop):
    order = bought(shop)
    parcel = service.pack(order=order, goods={1: 2}, actor=EVE, key="a")
    service.ship(order=order, shipment=parcel, tracking=Tracking("DHL", "42"), actor=EVE)
    found = service.show(order=order)
    slip = text_of(service.slips_pdf([(found, found.shipments[0])]))
    assert "MUG 2" in slip
    assert "PEN" not in slip
    assert "€" not in slip
    label = text_of(service.labels_pdf([(found, found.shipments[0])]))
    assert "DHL" in label
    assert found.address.name in label


def test_a_document_is_a_file_for_whoever_has_the_order(shop, client):
    order = bought(shop)
    number = Invoice.objects.get().number
    answer = client.get(service.document_path(order, number, "order-document-pdf"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    name = ids.public("ord", order)
    assert client.get(f"/orders/{name}/documents/{number}.pdf?key=guess").status_code == 404
    unknown = service.document_path(order, "INV-2026-999999", "order-document-pdf")
    assert client.get(unknown).status_code == 404


def test_papers_over_the_api(shop, client):
    order = bought(shop)
    keys.ensure("WMS", "sk", SECRET, ["orders:read"])
    service.pack(order=order, goods={1: 2}, actor=EVE, key="a")
    found = service.show(order=order)
    parcel = ids.public("ful", found.shipments[0].id)
    place, bearer = f"/api/orders/v1/orders/{ids.public('ord', order)}", f"Bearer {SECRET}"
    partner, guest = {"Authorization": bearer}, {"X-Cart-Token": prove("cart", found.cart)}
    invoice = f"{place}/invoices/{Invoice.objects.get().number}"
    slip, label = (
        f"{place}/fulfillments/{parcel}/packing-slip",
        f"{place}/fulfillments/{parcel}/label",
    )
    for answer in (
        client.get(invoice, headers=guest),
        client.get(slip, headers=partner),
        client.post(label, headers=partner),
    ):
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF-")
    assert client.get(invoice, headers={"X-Cart-Token": "guess"}).status_code == 404
    assert client.get(slip, headers=guest).status_code == 401
    assert client.post(label.replace("ful_", "ful_0"), headers=partner).status_code == 404


@pytest.fixture
def eve(client, django_user_model):
    """Sign in somebody who may look at orders."""
    user = django_user_model.objects.create_user("eve", password="e", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_order"))
    client.force_login(user)


def chosen(client, action, orders):
    wish = {"action": action, "_selected_action": [str(order) for order in orders]}
    return client.post("/admin/orders/order/", wish)


def test_merchants_print_many_orders_at_once(shop, client, eve):
    orders = [bought(shop), bought(shop)]
    for order in orders:
        service.pack(order=order, goods={1: 3}, actor=EVE, key="a")
    for action, most in (("documents", "INV-"), ("slips", "H-"), ("labels", "H-")):
        answer = chosen(client, action, orders)
        assert answer["Content-Type"] == "application/pdf"
        assert len(pages(answer.content)) == 2
        assert all(most in page for page in pages(answer.content))


def test_merchants_print_one_paper(shop, client, eve):
    order = bought(shop)
    service.pack(order=order, goods={1: 3}, actor=EVE, key="a")
    page = client.get(reverse("admin:orders_order_change", args=[order])).content.decode()
    places = re.findall(r'href="([^"]+[.]pdf)"', page)
    assert len(places) == 3
    assert {client.get(place)["Content-Type"] for place in places} == {"application/pdf"}
    client.logout()
    assert {client.get(place).status_code for place in places} == {302}


def test_nothing_to_print_is_said(shop, client, eve):
    assert chosen(client, "slips", [bought(shop)]).status_code == 302
