"""A cart goes on where its shopper goes on."""

import html
import re
from urllib.parse import urlsplit

import pytest
from django.test import Client

from apps.cart import service
from apps.cart.interface import cart
from apps.cart.service import elsewhere
from apps.stock.interface import stock
from commerce import ids

pytestmark = pytest.mark.usefixtures("house")


def browser():
    """A browser on the shop's own pages."""
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


@pytest.fixture
def desk():
    desk = browser()
    desk.post("/cart/add", {"sku": "MUG", "quantity": 2})
    return desk


@pytest.fixture
def link(desk):
    assert 'href="/cart/elsewhere"' in desk.get("/cart/").text
    shown = desk.get("/cart/elsewhere").text
    return urlsplit(
        html.unescape(re.search(r'"(http://[^"]*/cart/elsewhere/[^"]+)"', shown)[1])
    ).path


def cart_of(client):
    return ids.parse("cart", client.cookies["cart"].value.partition(".")[0])


def lines(client):
    return {line.sku: line.quantity for line in service.contents(cart_of(client)).lines}


def test_another_device_goes_on_with_the_cart(desk, link):
    phone = browser()
    asked = phone.get(link)
    assert "2 things are in it." in asked.text
    assert "cart" not in phone.cookies
    assert phone.post(f"{link}/take").url == "/cart/"
    assert cart_of(phone) == cart_of(desk)
    assert phone.post("/cart/add", {"sku": "TEE"}).status_code == 302
    assert lines(desk) == {"MUG": 2, "TEE": 1}
    assert desk.get(link).url == "/cart/"


def test_what_the_other_device_had_comes_along(desk, link):
    phone = browser()
    phone.post("/cart/add", {"sku": "MUG", "quantity": 1})
    assert "What is in your cart here comes along." in phone.get(link).text
    phone.post(f"{link}/take")
    assert lines(desk) == {"MUG": 3}
    assert [hold.quantity for hold in stock.holds(cart=cart_of(phone))] == [3]


def test_a_link_is_good_for_an_hour(link, monkeypatch):
    monkeypatch.setattr(elsewhere, "GOOD", -1)
    phone = browser()
    for answer in (phone.get(link), phone.post(f"{link}/take")):
        assert answer.status_code == 410
        assert "This link is not good any more." in answer.text
    assert "cart" not in phone.cookies


def test_nobody_makes_a_link_up(desk, link):
    name = ids.public("cart", cart_of(desk))
    token = desk.cookies["cart"].value.partition(".")[2]
    forged = [f"{name}.{token}", name, f"{link.rpartition('/')[2]}x", "cart_x.1.y"]
    answers = [browser().get(f"/cart/elsewhere/{ticket}") for ticket in forged]
    assert [answer.status_code for answer in answers] == [410] * 4


def test_an_ordered_cart_stays_where_it_is(desk, link):
    cart.close(cart=cart_of(desk), order=ids.new())
    assert browser().get(link).status_code == 410


def test_an_empty_cart_has_nothing_to_go_on_with():
    assert browser().get("/cart/elsewhere").url == "/cart/"


def test_other_sites_change_no_cart(link):
    stranger = Client(headers={"Sec-Fetch-Site": "cross-site"})
    assert stranger.post(f"{link}/take").status_code == 403
