"""Waiting for a sale, over the API and on the page."""

import re
from datetime import datetime, timedelta
from itertools import count
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from apps.cart import service
from apps.cart.tests.conftest import draft
from apps.catalog.interface import catalog
from apps.pricing.interface import Price, pricing
from apps.stock.interface import Line, Place, Standing, TooManyPlaces, stock
from commerce import clock, ids
from commerce.money import Money
from commerce.proof import prove
from commerce.redis import client
from commerce.testing.members import join

pytestmark = pytest.mark.usefixtures("house")
NUMBERS = count()
FORM = {"headers": {"Sec-Fetch-Site": "same-origin"}}
SCRIPT = {"headers": {"Accept": "application/json"}}


@pytest.fixture
def lamp():
    """Nobody remembers anything of it."""
    return f"LAMP-{next(NUMBERS)}"


def sale(lamp: str, *, starts_in: int, lined: bool = True, units: int = 1) -> datetime:
    """Sell lamps from so many seconds on."""
    catalog.save(drafts=(draft(lamp),))
    pricing.set_prices(prices=(Price(lamp, Money(9900, "EUR")),))
    stock.count(lines=(Line(lamp, units),), reference="lamps")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO stock_sale (id, name, starts_at, lined, pace, last, due)"
            " VALUES (%s, 'Lamps', now() + %s, %s, 1000, 0, 0) RETURNING id, starts_at",
            [ids.new(), timedelta(seconds=starts_in), lined],
        )
        name, starts_at = cursor.fetchone()
        cursor.execute("INSERT INTO stock_sale_item VALUES (%s, %s)", [lamp, name])
    return starts_at


def page_of(lamp: str) -> str:
    return f"/line/?sku={lamp}"


def others(lamp: str, people: int) -> None:
    for _ in range(people):
        stock.line_up(sku=lamp, cart=uuid4())


def let_in(lamp: str) -> None:
    """Let time pass, and somebody ask."""
    redis = client("default")
    for key in redis.keys("line:*:line"):
        redis.hset(key, "tick", 0)
    others(lamp, 1)


def test_a_page_leads_to_the_line_and_back_to_the_goods(lamp):
    sale(lamp, starts_in=3600, units=2)
    others(lamp, 3)
    browser = Client()
    added = browser.post("/cart/add", {"sku": lamp, "quantity": 1}, **FORM)
    assert (added.status_code, added.url) == (302, page_of(lamp))
    page = browser.get(page_of(lamp)).text
    assert 'data-position aria-live="polite">4<' in page
    assert '<noscript><meta http-equiv="refresh" content=' in page
    assert browser.get(page_of(lamp)).text.count("data-position") == 1


@pytest.mark.parametrize(("starts_in", "code"), [(3600, "not-started"), (-1, "waiting")])
def test_the_api_says_where_the_line_is(lamp, starts_in, code):
    sale(lamp, starts_in=starts_in)
    others(lamp, 3)
    cart = service.create(currency="EUR", locale="en").id
    name, token = ids.public("cart", cart), {"X-Cart-Token": prove("cart", cart)}
    refused = Client().post(
        f"/api/cart/v1/carts/{name}/items",
        {"sku": lamp, "quantity": 1},
        content_type="application/json",
        headers=token | {"Idempotency-Key": str(cart)},
    )
    [error] = refused.json()["errors"]
    assert (refused.status_code, error["code"]) == (409, code)
    body = {"cart_id": name}
    place = Client().post(
        error["meta"]["line"], body, content_type="application/json", headers=token
    )
    assert place.json()["position"] >= 1


def test_who_is_let_in_can_buy(lamp):
    sale(lamp, starts_in=-1)
    browser = Client()
    assert browser.post("/cart/add", {"sku": lamp, "quantity": 1}, **FORM).url == page_of(lamp)
    browser.get(page_of(lamp))
    let_in(lamp)
    assert "It is your turn." in browser.get(page_of(lamp)).text
    assert browser.post("/cart/add", {"sku": lamp, "quantity": 1}, **FORM).url == "/cart/"


def test_a_script_is_told_where_to_go(lamp):
    sale(lamp, starts_in=60, lined=False)
    headers = FORM["headers"] | SCRIPT["headers"]
    answer = Client().post("/cart/add", {"sku": lamp, "quantity": 1}, headers=headers)
    assert (answer.status_code, answer.json()["go"]) == (409, page_of(lamp))


def test_a_page_counts_down_to_the_start(lamp):
    sale(lamp, starts_in=60)
    browser = Client()
    assert "Take a place in line" in browser.get(page_of(lamp)).text
    assert browser.post("/line/join", {"sku": lamp}, **FORM).url == page_of(lamp)
    page = browser.get(page_of(lamp)).text
    assert re.search('data-starts="(59|60)"', page)
    assert 'data-line="early"' in page


def test_a_browser_keeps_its_place_when_the_line_is_lost(lamp):
    sale(lamp, starts_in=60)
    others(lamp, 3)
    browser = Client()
    browser.post("/line/join", {"sku": lamp}, **FORM)
    assert browser.get(page_of(lamp), **SCRIPT).json()["position"] == 4
    client("default").flushdb()
    assert browser.get(page_of(lamp), **SCRIPT).json()["position"] == 4


def test_there_is_no_line_for_what_nobody_sells():
    assert Client().get("/line/?sku=NOTHING").status_code == 404


def test_what_has_no_sale_has_its_own_page():
    browser = Client()
    browser.post("/line/join", {"sku": "MUG"}, **FORM)
    assert browser.get("/line/?sku=MUG").url == "/products/mug"


def places(cart, body, headers):
    path = f"/api/cart/v1/carts/{ids.public('cart', cart)}/places"
    return Client().post(path, body, content_type="application/json", headers=headers)


def test_a_customer_waits_by_the_api(lamp):
    sale(lamp, starts_in=-1)
    ada, bob = join("ada@example.com"), join("bob@example.com")
    made = Client().post(
        "/api/cart/v1/carts", {}, content_type="application/json", headers=ada.bearer
    )
    cart = ids.parse("cart", made.json()["id"])
    others(lamp, 3)
    place = places(cart, {"sku": lamp}, ada.bearer)
    assert (place.status_code, place.json()["status"]) == (200, "waiting")
    assert int(place.headers["Retry-After"]) > 0
    again = places(cart, {"sku": lamp, "ticket": place.json()["ticket"]}, ada.bearer)
    assert 0 < again.json()["position"] <= place.json()["position"]
    assert places(cart, {"sku": lamp}, bob.bearer).status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"sku": "MUG"}, 404, "no-sale"),
        ({"ticket": "1.forged"}, 422, "ticket-invalid"),
        ({"sku": ""}, 422, "body-invalid"),
    ],
)
def test_a_cart_is_told_what_is_wrong_with_its_place(lamp, body, status, code):
    sale(lamp, starts_in=60)
    cart = service.create(currency="EUR", locale="en").id
    answer = places(cart, {"sku": lamp} | body, {"X-Cart-Token": prove("cart", cart)})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


class SoldOut:
    """A stock of which nothing is left."""

    def line_up(self, *, cart, sku, ticket="", origin=""):
        now = clock.now()
        return Place(ids.new(), "Lamps", Standing.GONE, now, position=7, ticket="7.x", again=3)


class Crowded:
    """A stock before which a whole network waits."""

    def line_up(self, *, cart, sku, ticket="", origin=""):
        raise TooManyPlaces(most=9)


@pytest.mark.parametrize(
    ("backend", "status", "code", "meta", "wait"),
    [
        ("SoldOut", 409, "sold-out", {"position": 7, "ticket": "7.x"}, "3"),
        ("Crowded", 429, "places-limit", {"most": 9}, "60"),
    ],
)
def test_a_cart_hears_why_it_waits_in_vain(settings, backend, status, code, meta, wait):
    cart = service.create(currency="EUR", locale="en").id
    provider = {"BACKEND": f"apps.cart.tests.test_places.{backend}"}
    settings.SERVICES = settings.SERVICES | {"stock": provider}
    answer = places(cart, {"sku": "LAMP"}, {"X-Cart-Token": prove("cart", cart)})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["errors"][0]["meta"] == meta
    assert answer.headers["Retry-After"] == wait
