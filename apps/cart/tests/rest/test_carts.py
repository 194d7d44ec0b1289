"""Carts over the API: beginning, showing, who may see one, the end."""

import pytest

from apps.cart.interface import cart
from apps.cart.service import goods
from apps.cart.tests.conftest import draft
from apps.cart.tests.rest.shopper import CARTS, Shopper, free, problem
from apps.catalog.interface import catalog
from commerce import ids

pytestmark = pytest.mark.usefixtures("house")


def test_begins_a_cart(begin):
    answer = begin({"currency": "EUR", "locale": "fr"})
    made = answer.json()
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    assert answer.headers["Location"] == f"{CARTS}/{made['id']}"
    assert (made["version"], made["currency"], made["items"]) == (1, "EUR", [])
    assert made["totals"]["grand"] == {"amount": "0.00", "currency": "EUR"}
    assert made["token"]


@pytest.mark.parametrize("body", [{"currency": "XTS"}, {"locale": "tlh"}, {"owner": "me"}])
def test_begins_no_cart_the_shop_cannot_serve(begin, body):
    assert problem(begin(body)) == (422, "body-invalid")


def test_the_token_is_shown_once(alice):
    assert "token" not in alice.show()


def test_shows_what_was_added(alice):
    added = alice.add("MUG", 2).json()
    [item] = alice.show()["items"]
    assert (item["id"], item["hold"]["expires_at"]) == (added["id"], added["hold"]["expires_at"])
    assert item["unit"] == {"amount": "12.00", "currency": "EUR"}
    assert item["total"] == {"amount": "24.00", "currency": "EUR"}


def test_names_what_is_sold_no_more_until_it_is_deleted(alice):
    added = alice.add("MUG", 2).json()
    catalog.save(drafts=(draft("MUG", online=False),))
    goods.forget()
    shown = alice.show()
    gone = {"id": added["id"], "sku": "MUG", "name": {"en": "Mug"}, "quantity": 2}
    assert (shown["items"], shown["gone"], shown["totals"]["grand"]["amount"]) == (
        [],
        [gone],
        "0.00",
    )
    assert alice.change("DELETE", f"/items/{added['id']}").status_code == 204
    assert (alice.show()["gone"], free()) == ([], 3)


def test_a_foreign_cart_is_as_unknown_as_none(alice, bob):
    nobody = ids.public("cart", ids.new())
    for name in (bob.id, nobody, "cart_1", "'"):
        stranger = Shopper(name, alice.token)
        assert problem(stranger.call("GET")) == (404, "not-found")
        assert problem(stranger.add("MUG")) == (404, "not-found")
        assert problem(stranger.change("DELETE", "")) == (404, "not-found")
    assert free() == 3


@pytest.mark.parametrize("token", ["x", "é", "a" * 5000])
def test_a_forged_token_opens_nothing(alice, token):
    assert problem(Shopper(alice.id, token).call("GET"))[0] in {400, 404}


def test_no_token_opens_nothing(alice):
    assert problem(Shopper(alice.id, "").call("GET", X_Cart_Token=" "))[0] in {401, 404}


def test_dropping_a_cart_frees_everything(alice):
    alice.add("SET")
    assert alice.change("DELETE", "").status_code == 204
    assert (free("MUG"), free("TEE")) == (3, 1)
    assert problem(alice.call("GET")) == (404, "not-found")


def test_an_ordered_cart_names_its_order(alice):
    alice.add("MUG")
    order = ids.new()
    cart.close(cart=ids.parse("cart", alice.id), order=order)
    answer = alice.add("MUG")
    assert problem(answer) == (409, "cart-ordered")
    assert answer.json()["errors"][0]["meta"] == {"order": ids.public("ord", order)}
    assert alice.show()["state"] == "ordered"


def test_shopper_is_a_few_bytes(alice):
    alice.add("MUG", 2)
    headers = {"X-Cart-Token": alice.token}
    answer = alice.http.get(f"/api/cart/v1/shopper?cart={alice.id}", headers=headers)
    assert (answer.json()["version"], answer.json()["count"]) == (2, 2)
    assert answer.json()["held_until"]
    assert (len(answer.content) < 100, answer.headers["Cache-Control"]) == (True, "no-store")
