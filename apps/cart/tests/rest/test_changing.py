"""Changes over the API: items, who buys and where it goes, each based on a version."""

import pytest

from apps.cart.tests.rest.shopper import free, problem
from commerce import ids

pytestmark = pytest.mark.usefixtures("house")
PARIS = {"name": "Anna", "line1": "12 rue du Bac", "postal_code": "75007", "city": "Paris"}
PARIS |= {"country": "FR"}


def test_changes_the_quantity(alice):
    item = alice.add("MUG", 3).json()["id"]
    answer = alice.change("PATCH", f"/items/{item}", {"quantity": 1})
    assert (answer.status_code, answer.json()["quantity"], free()) == (200, 1, 2)
    assert answer.json()["hold"]["expires_at"]


def test_a_change_says_how_many_the_line_could_have(alice, bob):
    bob.add("MUG", 1)
    item = alice.add("MUG", 1).json()["id"]
    answer = alice.change("PATCH", f"/items/{item}", {"quantity": 5})
    assert answer.json()["errors"][0]["meta"] == {"sku": "MUG", "available": 2}


def test_removes_an_item(alice):
    item = alice.add("MUG", 3).json()["id"]
    assert alice.change("DELETE", f"/items/{item}").status_code == 204
    assert (free(), alice.show()["items"]) == (3, [])


def test_an_unknown_item_is_not_found(alice):
    item = ids.public("item", ids.new())
    assert problem(alice.change("DELETE", f"/items/{item}")) == (404, "not-found")


def test_replaces_everything(alice):
    mug = alice.add("MUG", 3).json()["id"]
    items = [{"sku": "TEE"}, {"sku": "MUG", "quantity": 1}, {"sku": "MUG", "quantity": 1}]
    answer = alice.change("PUT", "/items", {"items": items})
    shown = [(item["sku"], item["quantity"]) for item in answer.json()["items"]]
    assert shown == [("TEE", 1), ("MUG", 2)]
    assert answer.json()["items"][1]["id"] == mug
    assert (free("MUG"), free("TEE")) == (1, 0)


def test_replaces_nothing_when_one_item_is_short(alice):
    alice.add("MUG", 3)
    items = [{"sku": "MUG", "quantity": 1}, {"sku": "TEE", "quantity": 2}]
    answer = alice.change("PUT", "/items", {"items": items})
    assert problem(answer) == (409, "out-of-stock")
    assert answer.json()["errors"][0]["pointer"] == "/items/1/quantity"
    assert (free("MUG"), free("TEE")) == (0, 1)


def test_says_who_buys_and_where_it_goes(alice):
    answer = alice.change("PATCH", "", {"email": "a@example.com", "shipping_address": PARIS})
    assert answer.json()["email"] == "a@example.com"
    assert answer.json()["shipping_address"]["city"] == "Paris"
    assert answer.headers["ETag"] == '"2"'


def test_tells_everything_that_is_wrong_at_once(alice):
    wrong = PARIS | {"name": "", "postal_code": "7"}
    answer = alice.change("PATCH", "", {"email": "anna", "shipping_address": wrong})
    assert problem(answer) == (422, "address-invalid")
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert pointers >= {"/email", "/shipping_address/name", "/shipping_address/postal_code"}
    assert alice.show()["email"] is None


@pytest.mark.parametrize("field", ["version", "state", "order", "totals", "id"])
def test_refuses_fields_that_are_not_the_clients(alice, field):
    assert problem(alice.change("PATCH", "", {field: 1})) == (422, "body-invalid")


def test_a_change_names_the_version_it_is_based_on(alice):
    assert problem(alice.call("PATCH", "", {"email": "a@example.com"}))[0] == 428
    alice.add("MUG")
    alice.version = 1
    answer = alice.change("PATCH", "", {"email": "a@example.com"})
    assert problem(answer) == (412, "precondition-failed")
    assert answer.headers["ETag"] == '"2"'


def test_choosing_how_to_send_it(alice):
    alice.add("MUG")
    ways = alice.call("GET", "/shipping-options").json()["data"]
    assert ways
    assert {"code", "name", "price", "days"} <= ways[0].keys()
    answer = alice.change("PUT", "/shipping", {"option": ways[0]["code"]})
    assert answer.json()["shipping"] == ways[0]["code"]
    assert answer.json()["totals"]["shipping"] == ways[0]["price"]


def test_nothing_is_sent_by_pigeon(alice):
    alice.add("MUG")
    assert problem(alice.change("PUT", "/shipping", {"option": "pigeon"}))[0] == 422
