"""Adding over the API: once for each key, and only what can be had."""

import time

import pytest

from apps.cart import store
from apps.cart.tests.rest.shopper import free, problem
from apps.stock.interface import Line, Policy, stock

pytestmark = pytest.mark.usefixtures("house")


def test_adds_with_a_hold(alice):
    answer = alice.add("MUG", 2)
    added = answer.json()
    assert answer.status_code == 201
    assert (added["sku"], added["quantity"], added["cart"]) == ("MUG", 2, {"version": 2})
    assert added["hold"]["expires_at"].endswith("Z")
    assert added["id"].startswith("item_")
    assert free() == 1


def test_the_same_key_adds_once(alice):
    first, second = alice.add("MUG", key="once"), alice.add("MUG", key="once")
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert free() == 2


def test_a_key_is_for_one_body_and_one_shopper(alice, bob):
    alice.add("MUG", key="mine")
    assert problem(alice.add("MUG", 2, key="mine")) == (422, "idempotency-mismatch")
    assert bob.add("MUG", key="mine").status_code == 201
    assert free() == 1


def test_a_change_that_nobody_kept_can_be_repeated_as_soon_as_its_turn_is_over(alice, monkeypatch):
    monkeypatch.setattr(store, "TURN", 300)  # milliseconds
    with monkeypatch.context() as patch:
        patch.setattr(store, "KEEP", "return redis.error_reply('power cut')")
        assert alice.add("MUG", key="mine").status_code == 503
    assert problem(alice.add("MUG", key="mine")) == (409, "idempotency-in-flight")
    time.sleep(0.3)
    assert alice.add("MUG", key="mine").status_code == 201
    assert (alice.show()["items"][0]["quantity"], free()) == (1, 2)


def test_a_refusal_changes_nothing_and_is_not_kept(alice):
    assert problem(alice.add("MUG", 4, key="mine")) == (409, "out-of-stock")
    assert alice.add("MUG", 3, key="mine").status_code == 201


def test_adding_needs_a_key(alice):
    assert problem(alice.add("MUG", key="")) == (400, "idempotency-key-missing")


def test_says_how_many_could_be_had(alice):
    answer = alice.add("MUG", 4)
    assert problem(answer) == (409, "out-of-stock")
    [error] = answer.json()["errors"]
    assert error["pointer"] == "/quantity"
    assert error["meta"] == {"sku": "MUG", "available": 3}
    assert alice.show()["items"] == []


def test_says_how_many_more_could_be_had(alice, bob):
    bob.add("MUG", 1)
    alice.add("MUG", 1)
    assert alice.add("MUG", 2).json()["errors"][0]["meta"] == {"sku": "MUG", "available": 1}


def test_counts_a_set_in_sets(alice):
    stock.count(lines=(Line("TEE", 9),), reference="delivery")
    assert alice.add("SET", 2).json()["errors"][0]["meta"] == {"sku": "SET", "available": 1}


@pytest.mark.parametrize(
    "quantity", [0, -1, 11, 10**9, 2**63, 10**30, 1.5, "two", "1", None, [], {}, True]
)
def test_refuses_impossible_quantities(alice, quantity):
    assert problem(alice.add("MUG", quantity)) == (422, "body-invalid")
    assert free() == 3


@pytest.mark.parametrize("body", [b"{", b'{"sku": "MUG", "quantity": NaN}', b"\xff"])
def test_refuses_what_is_no_json(alice, body):
    answer = alice.call("POST", "/items", body, Idempotency_Key="k")
    assert problem(answer) == (400, "malformed-json")


@pytest.mark.parametrize("sku", ["HAT", "'; DROP TABLE", "SKU\u0001", "\U0001f600" * 255])
def test_refuses_an_unknown_sku(alice, sku):
    answer = alice.add(sku)
    assert problem(answer) == (422, "unknown-sku")
    assert answer.json()["errors"][0]["pointer"] == "/sku"


@pytest.mark.parametrize("field", ["price", "unit", "total", "tax", "vendor"])
def test_refuses_a_price_of_the_clients(alice, field):
    body = {"sku": "MUG", "quantity": 1, field: "0.01"}
    answer = alice.call("POST", "/items", body, Idempotency_Key="k")
    assert problem(answer) == (422, "body-invalid")


def test_refuses_more_than_one_shopper_may_have(alice):
    stock.count(lines=(Line("MUG", 50),), reference="delivery")
    alice.add("MUG", 6)
    answer = alice.add("MUG", 5)
    assert problem(answer) == (422, "cart-limit")
    assert answer.json()["errors"][0]["meta"] == {"most": 10}


def test_goods_that_nobody_counts_need_no_hold(alice):
    stock.set_policy(skus=("MUG",), policy=Policy.UNTRACKED)
    assert alice.add("MUG", 9).json()["hold"] is None
    assert alice.show()["items"][0]["hold"] is None
