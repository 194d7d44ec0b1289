"""Holds over the API: held again, for longer, lapsed, and how many one may have."""

import pytest
from django.db import connection

from apps.cart.tests.rest.shopper import problem
from apps.stock.interface import Line, stock

pytestmark = pytest.mark.usefixtures("house")


def test_holds_again_what_is_there_and_says_what_is_not(alice, bob, settings):
    settings.HOLD_SECONDS = 0
    alice.add("MUG", 3)
    settings.HOLD_SECONDS = 900
    bob.add("MUG", 2)
    answer = alice.call("POST", "/holds")
    assert answer.status_code == 200
    assert answer.json()["missing"] == [{"sku": "MUG", "wanted": 3, "kept": 1}]
    [item] = answer.json()["cart"]["items"]
    assert (item["quantity"], item["hold"]["lapsed"]) == (1, False)
    assert answer.headers["ETag"] == f'"{answer.json()["cart"]["version"]}"'


def test_gives_more_time_once(alice):
    alice.add("MUG")
    answer = alice.call("POST", "/holds/extend")
    assert (answer.status_code, answer.json()["extended"]) == (200, True)
    assert problem(alice.call("POST", "/holds/extend")) == (409, "already-extended")


def test_tells_a_lapsed_hold_and_what_is_left(alice, bob, settings):
    settings.HOLD_SECONDS = 0
    alice.add("MUG", 3)
    settings.HOLD_SECONDS = 900
    bob.add("MUG", 1)
    [item] = alice.show()["items"]
    assert item["hold"] == {"expires_at": None, "lapsed": True, "available": 2}


def from_one_network(settings, *shoppers):
    settings.LIMITS = True
    for number, shopper in enumerate(shoppers, 1):
        shopper.http.defaults["REMOTE_ADDR"] = f"8.8.8.{number}"


def test_carts_of_one_network_share_a_limit(alice, bob, settings):
    stock.count(lines=(Line("TEE", 50),), reference="delivery")
    from_one_network(settings, alice, bob)
    assert alice.add("TEE", 8).status_code == 201
    answer = bob.add("TEE", 3)
    assert problem(answer) == (409, "hold-limit")
    (error,) = answer.json()["errors"]
    assert error["meta"] == {"sku": "TEE", "cap": "address", "most": 10}
    assert bob.add("TEE", 2).status_code == 201


def test_a_cart_that_lets_a_sku_lapse_again_and_again_waits(alice):
    stock.count(lines=(Line("MUG", 50),), reference="delivery")
    for minutes in (3, 2, 1):
        assert alice.add("MUG").status_code == 201
        sql = "UPDATE stock_hold SET expires_at = now() - %s * interval '1 minute'"
        connection.cursor().execute(sql, [minutes])
    assert problem(alice.add("MUG")) == (409, "lapsed-too-often")


def test_says_when_a_cart_changes_too_often(alice, settings):
    settings.LIMITS = True
    answers = [alice.change("PUT", "/items", {"items": [{"sku": "MUG"}]}) for _ in range(31)]
    assert problem(answers[-1]) == (429, "rate-limited")
    assert answers[-1].headers["Retry-After"] in {"1", "2"}
