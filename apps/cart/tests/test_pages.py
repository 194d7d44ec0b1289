"""The cart's pages, as a browser without scripts asks for them."""

import pytest
from django.test import Client

from apps.cart.interface import cart
from apps.cart.service import freeze, goods
from apps.cart.tests.conftest import draft
from apps.catalog.interface import catalog
from commerce.browser import carried

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def alice(client):
    """A browser on the shop's own pages."""
    client.defaults["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


def contents(browser):
    request = type("Request", (), {"COOKIES": {"cart": browser.cookies["cart"].value}})
    return cart.contents(cart=carried(request, "cart"))


def stop_selling(sku):
    catalog.save(drafts=(draft(sku, online=False),))
    goods.forget()


@pytest.mark.parametrize("page", ["/cart/", "/checkout/"])
def test_tells_what_is_sold_no_more_and_takes_it_out(alice, page):
    for sku in ("MUG", "TEE"):
        alice.post("/cart/add", {"sku": sku})
    stop_selling("MUG")
    shown = alice.get(page).text
    assert "This is not sold any more" in shown
    assert "1 × Mug" in shown
    assert [line.sku for line in contents(alice).gone] == ["MUG"]
    path = next(path for path in shown.split('"') if path.endswith("/remove"))
    answer = alice.post(path, headers={"Referer": f"http://testserver{page}"})
    assert answer.headers["Location"].endswith(page)
    assert contents(alice).gone == ()
    assert "not sold any more" not in alice.get(page).text


def test_holds_again_with_one_button(alice, settings):
    settings.HOLD_SECONDS = 0
    alice.post("/cart/add", {"sku": "MUG", "quantity": "3"})
    settings.HOLD_SECONDS = 900
    bob = Client(headers={"Sec-Fetch-Site": "same-origin"})
    bob.post("/cart/add", {"sku": "MUG"})
    page = alice.get("/cart/").text
    assert "No longer held; 2 could be held again" in page
    assert "Hold again what is there" in page
    assert "Mug: 2 of 3 could be held." in alice.post("/cart/hold").text
    page = alice.get("/cart/").text
    assert "could be held" not in page
    assert page.count("Held until") == 2
    assert "Held until" in alice.get("/checkout/").text


def test_a_cart_of_nothing_that_is_sold_says_so(alice):
    alice.post("/cart/add", {"sku": "MUG"})
    stop_selling("MUG")
    page = alice.get("/checkout/", follow=True)
    assert page.redirect_chain == [("/cart/", 302)]
    assert "This is not sold any more" in page.text
    assert "Nothing else is in it." in page.text


def test_says_that_a_frozen_cart_waits_for_its_payment(alice):
    alice.post("/cart/add", {"sku": "MUG"})
    freeze(contents(alice).id)
    for path in ("/cart/add", "/cart/hold"):
        answer = alice.post(path, {"sku": "MUG"})
        assert answer.status_code == 409
        assert "The cart is being paid for elsewhere." in answer.text
    assert len(contents(alice).lines) == 1
