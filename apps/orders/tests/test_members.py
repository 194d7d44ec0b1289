"""Orders of customers who are signed in."""

import json
from uuid import UUID, uuid4

import pytest
from django.test import Client

from apps.cart.interface import cart
from apps.catalog.interface import Kind, ProductDraft, Variant, catalog
from apps.customers.interface import customers
from apps.orders.models import Order
from apps.orders.service import confirm
from apps.pricing.interface import Price, pricing
from apps.stock.interface import Line, stock
from commerce import ids
from commerce.money import Money
from commerce.rest.tokens import read
from commerce.testing import deliver_all
from commerce.testing.members import join

from ..interface import Status
from .rows import order_row

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = {
    "name": "Ada Martin",
    "line1": "12 rue des Halles",
    "postal_code": "75001",
    "city": "Paris",
    "country": "FR",
}


@pytest.fixture
def ada(db):
    return join("ada@example.com", "Ada")


@pytest.fixture
def bob(db):
    return join("bob@example.com", "Bob")


@pytest.fixture
def voucher(db):
    draft = ProductDraft(
        key="VOUCHER",
        kind=Kind.VIRTUAL,
        name={"en": "Voucher"},
        slug="voucher",
        variants=(Variant("VOUCHER"),),
    )
    catalog.save(drafts=(draft,))
    pricing.set_prices(prices=(Price("VOUCHER", Money.of("25.00", "EUR")),))
    stock.count(lines=(Line("VOUCHER", 5),), reference="opening")


def id_of(member) -> UUID:
    return read(member.tokens["access_token"]).customer


def ask(method, path, headers, body=None):
    more = {"Idempotency-Key": str(uuid4())} if method == "POST" else {}
    raw = json.dumps(body or {})
    return Client().generic(method, path, raw, "application/json", headers=headers | more)


def buy(member):
    """Buy a voucher as an app does; returns the order's id."""
    headers = member.bearer
    mine = ask("POST", "/api/cart/v1/carts", headers).json()["id"]
    added = ask("POST", f"/api/cart/v1/carts/{mine}/items", headers, {"sku": "VOUCHER"})
    assert added.status_code == 201, added.content
    wish = {"cart_id": mine, "method": "test"}
    session = ask("POST", "/api/payments/v1/sessions", headers, wish).json()
    order = {
        "cart_id": mine,
        "cart_version": added.json()["cart"]["version"],
        "expected_total": session["amount"],
        "payment_session": session["id"],
    }
    assert ask("POST", "/api/orders/v1/prechecks", headers, order).json() == {"ok": True}
    placed = ask("POST", "/api/orders/v1/orders", headers, order)
    assert placed.status_code == 202, placed.content
    return placed.json()["id"]


def test_an_app_buys_and_finds_the_order(ada, bob, voucher):
    order = buy(ada)
    here = f"/api/orders/v1/orders/{order}"
    assert ask("GET", here, ada.bearer).json()["items"][0]["sku"] == "VOUCHER"
    assert ask("GET", f"{here}/events", ada.bearer).status_code == 200
    for path in (here, f"{here}/events"):
        assert ask("GET", path, bob.bearer).status_code == 404
    listed = ask("GET", "/api/orders/v1/orders", ada.bearer).json()
    assert [each["id"] for each in listed["data"]] == [order]
    assert ask("GET", "/api/orders/v1/orders", bob.bearer).json()["data"] == []


def test_an_order_is_the_customers_from_its_first_moment(ada, voucher):
    order = ids.parse("ord", buy(ada))
    assert Order.objects.get(pk=order).customer == id_of(ada)
    deliver_all()
    found = Order.objects.get(pk=order)
    assert (found.customer, found.status != Status.ACCEPTED.value) == (id_of(ada), True)


def test_another_cart_begins_after_an_order(ada, voucher):
    assert buy(ada) != buy(ada)


def test_nobody_orders_or_pays_a_foreign_cart(ada, bob, voucher):
    mine = ask("POST", "/api/cart/v1/carts", ada.bearer).json()["id"]
    ask("POST", f"/api/cart/v1/carts/{mine}/items", ada.bearer, {"sku": "VOUCHER"})
    wish = {"cart_id": mine, "method": "test"}
    assert ask("POST", "/api/payments/v1/sessions", bob.bearer, wish).status_code == 404
    methods = f"/api/payments/v1/methods?cart={mine}"
    assert ask("GET", methods, bob.bearer).status_code == 404
    assert ask("GET", methods, ada.bearer).status_code == 200
    session = ask("POST", "/api/payments/v1/sessions", ada.bearer, wish).json()
    here = f"/api/payments/v1/sessions/{session['id']}"
    assert ask("GET", here, ada.bearer).status_code == 200
    assert ask("GET", here, bob.bearer).status_code == 404
    order = {
        "cart_id": mine,
        "cart_version": 2,
        "expected_total": session["amount"],
        "payment_session": session["id"],
    }
    for path in ("prechecks", "orders"):
        assert ask("POST", f"/api/orders/v1/{path}", bob.bearer, order).status_code == 404
    assert not Order.objects.exists()


def test_a_list_goes_on(ada):
    for _ in range(3):
        order_row(Status.PLACED, customer=id_of(ada))
    first = ask("GET", "/api/orders/v1/orders?limit=2", ada.bearer).json()
    after = first["page"]["next"]
    second = ask("GET", f"/api/orders/v1/orders?limit=2&after={after}", ada.bearer).json()
    seen = [each["id"] for each in (*first["data"], *second["data"])]
    assert len(set(seen)) == 3
    assert not second["page"]["has_more"]
    for bad in ("x", "", "AAAA"):
        answer = ask("GET", f"/api/orders/v1/orders?after={bad}", ada.bearer)
        assert answer.status_code in {200, 400}


def test_a_signed_in_shopper_checks_out_on_the_page(ada, voucher):
    guest = Client(headers={"Sec-Fetch-Site": "same-origin"})
    guest.post("/cart/add", {"sku": "VOUCHER"})
    assert "account/sign-in/?next=/checkout/" in guest.get("/checkout/").text
    ada.sign_in(guest)
    shown = guest.get("/checkout/").text
    assert 'value="ada@example.com"' in shown
    form = {"email": "ada@example.com", "payment": "test", "total": "2500", "buy": "1"}
    bought = guest.post("/checkout/", form)
    assert bought.status_code == 302, bought.text
    assert bought.url.startswith("/orders/")
    found = Order.objects.get()
    assert found.customer == id_of(ada)
    confirm([found.pk])
    assert found.number in guest.get("/account/").text
    assert found.number not in join("eve@example.com").browser().get("/account/").text


def test_the_preferred_address_is_filled_in(ada):
    path = "/api/customers/v1/customers/me/addresses"
    assert ask("POST", path, ada.bearer, ADDRESS).status_code == 201
    draft = ProductDraft(
        key="MUG", kind=Kind.SIMPLE, name={"en": "Mug"}, slug="mug", variants=(Variant("MUG"),)
    )
    catalog.save(drafts=(draft,))
    pricing.set_prices(prices=(Price("MUG", Money.of("12.00", "EUR")),))
    stock.count(lines=(Line("MUG", 5),), reference="opening")
    desk = ada.browser()
    desk.post("/cart/add", {"sku": "MUG"})
    assert "12 rue des Halles" in desk.get("/checkout/").text


def test_an_order_of_a_guest_is_recognised_by_the_address(ada):
    order = order_row(Status.ACCEPTED, customer=None)
    confirm([order.pk])
    assert Order.objects.get(pk=order.pk).customer == id_of(ada)
    assert customers.shopper(customer=id_of(ada)).email == "ada@example.com"
    assert cart.owner(cart=order.cart) is None
