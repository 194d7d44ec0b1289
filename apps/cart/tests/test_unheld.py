"""A shopper is told in words what is in the cart and not kept aside."""

from datetime import timedelta
from uuid import uuid4

import pytest

from apps.stock.interface import Buyer, Line, Policy, stock

pytestmark = pytest.mark.usefixtures("house")
UNHELD = "Not kept aside for you: it can sell out before you order."
JSON = {"Accept": "application/json"}


@pytest.fixture
def crowd(house):
    """Two strangers hold half of the mugs, so that a third gets none kept aside."""
    stock.count(lines=(Line("MUG", 40),), reference="delivery")
    for network in ("there", "elsewhere"):
        buyer, ttl = Buyer(address=network), timedelta(minutes=15)
        stock.reserve(cart=uuid4(), lines=(Line("MUG", 10),), ttl=ttl, buyer=buyer)


@pytest.fixture
def alice(client, settings):
    """A stranger's browser on the shop's own pages."""
    settings.LIMITS = True
    client.defaults |= {"HTTP_SEC_FETCH_SITE": "same-origin", "REMOTE_ADDR": "9.9.9.9"}
    return client


def add(browser, sku):
    return browser.post("/cart/add", {"sku": sku}, headers=JSON).json()["message"]


@pytest.mark.usefixtures("crowd")
def test_a_line_says_that_it_can_sell_out(alice):
    alice.post("/cart/add", {"sku": "MUG"})
    page = alice.get("/cart/").text
    assert page.count(UNHELD) == 1
    assert "yours for now" not in page
    assert "Not all of this is kept aside for you" in alice.get("/checkout/").text


@pytest.mark.usefixtures("crowd")
def test_the_lines_beside_it_are_held_as_ever(alice):
    for sku in ("MUG", "TEE"):
        alice.post("/cart/add", {"sku": sku})
    page = alice.get("/cart/").text
    assert page.count(UNHELD) == 1
    assert "Some of this is yours for now." in page
    assert page.count("Held until") == 2


@pytest.mark.usefixtures("crowd")
def test_the_answer_to_an_add_says_so_at_once(alice):
    assert add(alice, "TEE") == "It is yours for 15 minutes."
    assert add(alice, "MUG") == (
        "It is in your cart, but not kept aside for you: it can sell out before you order."
    )


@pytest.mark.usefixtures("crowd")
def test_a_set_is_held_when_all_its_parts_are(alice):
    assert "not kept aside" in add(alice, "SET")
    assert alice.get("/cart/").text.count(UNHELD) == 1


@pytest.mark.usefixtures("crowd")
def test_says_so_in_french(alice):
    alice.post("/fr/cart/add", {"sku": "MUG"})
    text = "Non réservé pour vous : l’article peut être épuisé avant votre commande."
    assert text in alice.get("/fr/cart/").text


def test_what_nobody_counts_cannot_sell_out(alice):
    stock.set_policy(skus=("MUG",), policy=Policy.UNTRACKED)
    assert add(alice, "MUG") == "It is in your cart."
    assert "kept aside" not in alice.get("/cart/").text


def test_what_has_lapsed_says_only_that(alice, settings):
    settings.HOLD_SECONDS = 0
    alice.post("/cart/add", {"sku": "MUG"})
    page = alice.get("/cart/").text
    assert "No longer held, but still there" in page
    assert UNHELD not in page
    assert "kept aside" not in alice.get("/checkout/").text
