"""A cart that is being paid for does not change, and costs what it cost."""

from datetime import timedelta

import pytest
import time_machine

from apps.cart import service
from apps.cart.domain import FROZEN
from apps.cart.interface import cart
from apps.cart.service import goods
from apps.cart.service.elsewhere import bring
from apps.cart.tests.conftest import draft
from apps.cart.tests.rest.shopper import free, problem
from apps.catalog.interface import catalog
from apps.pricing.interface import Price, pricing
from commerce import clock, ids
from commerce.money import Money

pytestmark = pytest.mark.usefixtures("house")


def grand(shopper):
    return shopper.show()["totals"]["grand"]["amount"]


def reprice(cents):
    pricing.set_prices(prices=(Price("MUG", Money(cents, "EUR")),))


@pytest.fixture
def frozen(alice):
    alice.item = alice.add("MUG", 2).json()["id"]
    answer = alice.call("POST", "/freeze")
    assert (answer.status_code, answer.json()["version"]) == (200, 3)
    return alice


def test_a_frozen_cart_costs_what_it_cost(frozen):
    reprice(9900)
    assert grand(frozen) == "24.00"
    assert frozen.call("DELETE", "/freeze").json()["totals"]["grand"]["amount"] == "198.00"


def test_it_says_until_when(frozen):
    until = clock.now() + FROZEN
    assert abs(service.contents(ids.parse("cart", frozen.id)).frozen_until - until).seconds < 5
    assert frozen.show()["frozen_until"].endswith("Z")


def test_nothing_changes_a_frozen_cart(frozen, bob):
    before = frozen.show()
    merging = {"into": bob.id, "token": bob.token}
    for answer in (
        frozen.add("MUG"),
        frozen.change("PUT", "/items", {"items": []}),
        frozen.change("PATCH", f"/items/{frozen.item}", {"quantity": 1}),
        frozen.change("DELETE", f"/items/{frozen.item}"),
        frozen.change("PATCH", "", {"email": "ada@example.com"}),
        frozen.change("PUT", "/shipping", {"option": "standard"}),
        frozen.change("DELETE", ""),
        frozen.call("POST", "/holds"),
        frozen.call("POST", "/holds/extend"),
        frozen.call("POST", "/merge", merging, Idempotency_Key="k"),
    ):
        assert problem(answer) == (423, "cart-frozen")
        assert answer.json()["errors"][0]["meta"]["until"] == before["frozen_until"][:-1] + "+00:00"
    assert (frozen.show(), free()) == (before, 1)


def test_freezing_again_takes_no_longer_and_costs_the_same(frozen):
    before = frozen.show()
    reprice(100)
    assert frozen.call("POST", "/freeze").json() == before


def test_it_thaws_by_itself(frozen):
    reprice(100)
    with time_machine.travel(clock.now() + FROZEN + timedelta(seconds=1)):
        assert frozen.show()["totals"]["grand"]["amount"] == "2.00"
        assert "frozen_until" not in frozen.show()
        assert frozen.change("PATCH", f"/items/{frozen.item}", {"quantity": 1}).status_code == 200


def test_who_thaws_it_changes_it(frozen):
    assert frozen.call("DELETE", "/freeze").status_code == 200
    assert frozen.change("DELETE", f"/items/{frozen.item}").status_code == 204
    assert free() == 3


def test_what_is_sold_no_more_is_not_frozen(alice):
    alice.add("MUG")
    catalog.save(drafts=(draft("MUG", online=False),))
    goods.forget()
    assert problem(alice.call("POST", "/freeze")) == (422, "unknown-sku")


def test_a_stranger_freezes_nothing(frozen, bob):
    frozen.token = bob.token
    for method in ("POST", "DELETE"):
        assert problem(frozen.call(method, "/freeze")) == (404, "not-found")


def test_an_ordered_cart_is_not_frozen(alice):
    cart.close(cart=ids.parse("cart", alice.id), order=ids.new())
    assert problem(alice.call("POST", "/freeze")) == (409, "cart-ordered")


def test_checking_out_on_pages_thaws_it(frozen):
    reprice(9900)
    name = ids.parse("cart", frozen.id)
    noted = cart.note(cart=name, email="ada@example.com", address=None, shipping=None)
    assert (noted.frozen_until, noted.quote.grand) == (None, Money(19800, "EUR"))


def test_another_device_leaves_it_alone(frozen, bob):
    bring(ids.parse("cart", frozen.id), ids.parse("cart", bob.id))
    assert frozen.show()["frozen_until"]


def test_a_frozen_cart_becomes_an_order(frozen):
    cart.close(cart=ids.parse("cart", frozen.id), order=ids.new())
    assert frozen.show()["state"] == "ordered"
