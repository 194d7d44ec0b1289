"""Customers' carts: one for each, on every device, with what a guest's one had before."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from apps.cart import service, store
from apps.cart.interface import CartMerged, UnknownCart, cart
from apps.cart.service import elsewhere, members
from apps.customers.interface import Customers, customers
from apps.stock.interface import Buyer, Cap, HoldLimit, Line, Stock, stock
from commerce import ids
from commerce.redis import client as redis
from commerce.rest.keys import storefront_key
from commerce.rest.tokens import read
from commerce.services import ServiceUnavailable, provider
from commerce.testing.members import join

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def ada(house):
    return join("ada@example.com", "Ada")


@pytest.fixture
def bob(house):
    return join("bob@example.com", "Bob")


def who(member):
    """Look a member up, as every request does."""
    return customers.shopper(customer=read(member.tokens["access_token"]).customer)


def guest(sku="MUG", quantity=1):
    """Fill a cart before anybody has signed in."""
    made = service.create(currency="EUR", locale="en").id
    service.add(made, sku=sku, quantity=quantity)
    return made


def lines(cart_id):
    return {line.sku: line.quantity for line in service.contents(cart_id).lines}


def held(cart_id):
    return {hold.sku: hold.quantity for hold in stock.holds(cart=cart_id)}


def in_a_thread(work):
    try:
        return work()
    finally:
        connection.close()


def test_a_guests_cart_is_put_in_the_customers(ada):
    first = guest("MUG", 2)
    live = service.live(who(ada), first)
    assert live.brought
    assert lines(live.cart) == held(live.cart) == {"MUG": 2}
    assert held(first) == {}
    with pytest.raises(CartMerged):
        service.contents(first)
    assert service.contents(live.cart).customer == who(ada).id


def test_the_same_cart_is_there_on_another_device(ada):
    desk = service.live(who(ada), guest("MUG")).cart
    phone = service.live(who(ada), guest("TEE")).cart
    assert desk == phone
    assert lines(phone) == held(phone) == {"MUG": 1, "TEE": 1}


def test_quantities_are_added_as_far_as_there_is(ada):
    service.live(who(ada), guest("MUG", 2))
    live = service.live(who(ada), guest("MUG", 1)).cart
    assert lines(live) == held(live) == {"MUG": 3}


def test_bringing_a_cart_along_twice_is_bringing_it_once(ada):
    first = guest("MUG", 2)
    live = {service.live(who(ada), first).cart for _ in range(3)}
    assert len(live) == 1
    assert lines(live.pop()) == {"MUG": 2}


def test_an_empty_cart_begins_none(ada):
    made = service.create(currency="EUR", locale="en").id
    assert service.live(who(ada), made).cart is None
    assert who(ada).cart is None


MERGE = sys.modules["apps.cart.service.merge"]  # the package has a function of that name
BREAKS = {
    "before the cart is the customer's": (type(provider(Customers)), "keep_cart"),
    "before the goods are handed over": (type(provider(Stock)), "hand_over"),
    "after the goods were handed over": (MERGE, "fitted"),
    "before the guest's cart ends": (MERGE, "ended"),
}


@pytest.mark.parametrize("broken", BREAKS)
def test_a_merge_that_dies_half_way_goes_on(ada, monkeypatch, broken):
    first = guest("MUG", 2)

    def dies(*told, **more):
        raise ServiceUnavailable(reason="killed")

    with monkeypatch.context() as patch:
        patch.setattr(*BREAKS[broken], dies)
        with pytest.raises(ServiceUnavailable):
            service.live(who(ada), first)
        assert stock.available(skus=("MUG",))["MUG"].free == 1
    live = service.live(who(ada), first)
    assert lines(live.cart) == held(live.cart) == {"MUG": 2}
    assert stock.available(skus=("MUG",))["MUG"].free == 1


def test_two_tabs_that_sign_in_at_once_share_one_cart(ada):
    first, shopper = guest("MUG", 2), who(ada)
    with ThreadPoolExecutor(4) as tabs:
        work = [lambda: service.live(shopper, first)] * 4
        found = {each.cart for each in tabs.map(in_a_thread, work)}
    assert found == {who(ada).cart}
    assert lines(who(ada).cart) == held(who(ada).cart) == {"MUG": 2}


def test_two_devices_that_begin_at_once_share_one_cart(ada):
    shopper = who(ada)

    def begin():
        return service.begin(shopper, currency="EUR", locale="en")

    with ThreadPoolExecutor(4) as devices:
        found = set(devices.map(in_a_thread, [begin] * 4))
    assert found == {who(ada).cart}


def test_after_an_order_a_new_cart_begins(ada):
    former = service.live(who(ada), guest()).cart
    service.close(former, uuid4())
    assert service.live(who(ada), None).cart is None
    assert service.live(who(ada), guest("TEE")).cart != former


def test_a_cart_that_waits_for_its_payment_comes_later(ada):
    first = guest("MUG", 2)
    service.freeze(first)
    assert not service.live(who(ada), first).brought
    service.thaw(first)
    live = service.live(who(ada), first)
    assert (live.brought, lines(live.cart)) == (True, {"MUG": 2})


def test_a_lost_cart_is_found_again_on_any_device(ada):
    live = service.live(who(ada), guest("MUG", 2)).cart
    redis("carts").flushdb()
    assert service.live(who(ada), None).cart == live
    assert lines(live) == {"MUG": 2}
    assert service.contents(live).customer == who(ada).id


def test_a_cart_lost_without_goods_is_followed_by_another(ada):
    former = service.begin(who(ada), currency="EUR", locale="en")
    redis("carts").flushdb()
    assert service.live(who(ada), None).cart is None
    assert service.begin(who(ada), currency="EUR", locale="en") != former


def test_a_customers_goods_go_to_no_other_customer(ada, bob):
    mine = service.live(who(ada), guest("MUG", 2)).cart
    theirs = service.begin(who(bob), currency="EUR", locale="en")
    strangers = guest("TEE")
    for into in (theirs, strangers):
        with pytest.raises(UnknownCart):
            service.merge(mine, into=into)
    assert lines(mine) == held(mine) == {"MUG": 2}


def test_no_link_leads_to_a_customers_cart(ada):
    mine = service.live(who(ada), guest("MUG", 2)).cart
    assert elsewhere.taken(elsewhere.ticket(mine)) is None


def test_holds_are_the_customers(ada):
    live = service.live(who(ada), guest("MUG", 2)).cart
    with connection.cursor() as cursor:
        cursor.execute("SELECT customer FROM stock_hold WHERE cart = %s", [live])
        assert cursor.fetchall() == [(who(ada).id,)]


def test_a_customer_holds_no_more_than_a_customer_may(ada):
    stock.count(lines=(Line("MUG", 50),), reference="delivery")
    till = {"cart": uuid4(), "ttl": timedelta(minutes=5), "buyer": Buyer(who(ada).id)}
    stock.reserve(lines=(Line("MUG", 9),), **till)
    live = service.begin(who(ada), currency="EUR", locale="en")
    service.add(live, sku="MUG", quantity=1)
    with pytest.raises(HoldLimit) as refusal:
        service.add(live, sku="MUG", quantity=1)
    assert refusal.value.cap is Cap.CUSTOMER


@pytest.mark.usefixtures("both_ways")
def test_other_contexts_ask_whose_cart_it_is(ada):
    first = guest()
    assert cart.owner(cart=first) is None
    live = cart.live(shopper=who(ada), guest=first)
    assert cart.owner(cart=live) == who(ada).id
    assert cart.contents(cart=live).customer == who(ada).id
    with pytest.raises(UnknownCart):
        cart.live(shopper=who(join("eve@example.com")), guest=None)


# Browsers --------------------------------------------------------------------------------------


def browser():
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


def count(client):
    return client.get("/cart/summary").json()["count"]


def test_a_browser_brings_its_cart_when_its_shopper_signs_in(ada):
    desk = browser()
    desk.post("/cart/add", {"sku": "MUG", "quantity": 2})
    ada.sign_in(desk)
    assert "Mug" in desk.get("/cart/").text
    assert desk.cookies["cart"].value == ""
    phone = ada.browser()
    assert count(phone) == 2
    phone.post("/cart/add", {"sku": "TEE"})
    assert "cart" not in phone.cookies
    assert count(desk) == 3


def test_a_browser_forgets_the_cart_when_its_shopper_signs_out(ada):
    desk = ada.browser()
    desk.post("/cart/add", {"sku": "MUG", "quantity": 2})
    desk.post("/account/sign-out/")
    assert count(desk) == 0
    assert count(ada.browser()) == 2


def test_another_customer_on_the_same_browser_sees_another_cart(ada, bob):
    desk = ada.browser()
    desk.post("/cart/add", {"sku": "MUG", "quantity": 2})
    desk.post("/account/sign-out/")
    bob.sign_in(desk)
    assert count(desk) == 0


def test_guests_are_asked_nothing_more(house, django_assert_num_queries):
    desk = browser()
    desk.post("/cart/add", {"sku": "MUG", "quantity": 1})
    with django_assert_num_queries(1):
        desk.get("/cart/summary")


# Apps ------------------------------------------------------------------------------------------

CARTS = "/api/cart/v1/carts"


def ask(method, path, headers, body=None):
    more = {"Idempotency-Key": str(uuid4())} if method == "POST" else {}
    return Client().generic(
        method,
        path,
        json.dumps(body or {}),
        "application/json",
        headers=headers | more,
    )


def test_an_app_finds_the_one_cart(ada):
    first = ask("POST", CARTS, ada.bearer)
    again = ask("POST", CARTS, ada.bearer)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["id"] == again.json()["id"]
    assert "token" not in first.json()
    here = f"{CARTS}/{first.json()['id']}"
    added = ask("POST", f"{here}/items", ada.bearer, {"sku": "MUG", "quantity": 2})
    assert added.status_code == 201
    assert ask("GET", here, ada.bearer).json()["items"][0]["quantity"] == 2
    assert count(ada.browser()) == 2


def test_an_app_merges_the_guests_cart(ada, pk):
    begun = ask("POST", CARTS, pk).json()
    source = f"{CARTS}/{begun['id']}"
    token = {"X-Cart-Token": begun["token"]}
    ask("POST", f"{source}/items", token, {"sku": "MUG", "quantity": 2})
    into = ask("POST", CARTS, ada.bearer).json()["id"]
    merged = ask("POST", f"{source}/merge", ada.bearer | token, {"into": into})
    assert (merged.status_code, merged.json()["missing"]) == (200, [])
    assert merged.json()["cart"]["items"][0]["quantity"] == 2
    gone = ask("GET", source, token)
    assert (gone.status_code, gone.json()["code"]) == (410, "cart-merged")
    again = ask("POST", f"{source}/merge", ada.bearer | token, {"into": into})
    assert again.status_code == 200
    assert again.json()["cart"]["items"][0]["quantity"] == 2


def test_foreign_carts_are_not_found(ada, bob, pk):
    mine = ask("POST", CARTS, ada.bearer).json()["id"]
    ask("POST", f"{CARTS}/{mine}/items", ada.bearer, {"sku": "MUG"})
    begun = ask("POST", CARTS, pk).json()
    guests = {"X-Cart-Token": begun["token"]}
    fresh = {"If-Match": '"1"'}
    for headers in (bob.bearer, guests, bob.bearer | guests):
        for method, path, body in [
            ("GET", "", None),
            ("PATCH", "", {"email": "eve@example.com"}),
            ("DELETE", "", None),
            ("POST", "/items", {"sku": "TEE"}),
            ("POST", "/coupons", {"code": "X"}),
            ("POST", "/freeze", None),
            ("POST", "/holds/extend", None),
            ("GET", "/shipping-options", None),
            ("POST", "/merge", {"into": begun["id"], "token": begun["token"]}),
        ]:
            answer = ask(method, f"{CARTS}/{mine}{path}", headers | fresh, body)
            assert answer.status_code == 404, (method, path)
    stolen = ask("POST", f"{CARTS}/{begun['id']}/merge", bob.bearer | guests, {"into": mine})
    assert stolen.status_code == 404
    assert lines(ids.parse("cart", mine)) == {"MUG": 1}


def test_an_app_finds_a_lost_cart_again(ada):
    mine = ask("POST", CARTS, ada.bearer).json()["id"]
    ask("POST", f"{CARTS}/{mine}/items", ada.bearer, {"sku": "MUG", "quantity": 2})
    redis("carts").flushdb()
    assert ask("GET", f"{CARTS}/{mine}", ada.bearer).json()["items"][0]["quantity"] == 2


@pytest.fixture
def pk(house):
    return {"X-Api-Key": storefront_key()}


def test_a_customer_costs_one_look_at_the_cart_more(ada, django_assert_num_queries):
    mine = ask("POST", CARTS, ada.bearer).json()["id"]
    ask("POST", f"{CARTS}/{mine}/items", ada.bearer, {"sku": "MUG"})
    with django_assert_num_queries(1):
        ask("POST", f"{CARTS}/{mine}/items", ada.bearer, {"sku": "MUG"})
    assert members.owner(ids.parse("cart", mine)) == who(ada).id
    assert store.load(ids.parse("cart", mine)).customer == who(ada).id
