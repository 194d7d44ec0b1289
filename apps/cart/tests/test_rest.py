"""Carts over the API, as API.md says."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from redis import Redis

from apps.cart import store
from apps.cart.interface import cart
from apps.cart.service import goods
from apps.cart.tests.conftest import draft
from apps.catalog.interface import catalog
from apps.stock.interface import Line, Policy, stock
from commerce import ids
from commerce.redis import Lines, client
from commerce.rest import keys
from commerce.testing import deliver_all

pytestmark = pytest.mark.usefixtures("house")
CARTS = "/api/cart/v1/carts"
PARIS = {"name": "Anna", "line1": "12 rue du Bac", "postal_code": "75007", "city": "Paris"}
PARIS |= {"country": "FR"}


@dataclass
class Shopper:
    """A client that has a cart and follows its version."""

    id: str
    token: str
    version: int = 1
    http: Client = field(default_factory=Client)

    def call(self, method: str, path: str = "", body: object = None, **headers: str):
        headers = {name.replace("_", "-"): value for name, value in headers.items() if value}
        headers = {"X-Cart-Token": self.token} | headers
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self.http.generic(
            method, f"{CARTS}/{self.id}{path}", raw, "application/json", headers=headers
        )
        if answer.headers.get("ETag") and answer.status_code < 300:
            self.version = int(answer.headers["ETag"].strip('"'))
        return answer

    def add(self, sku: object, quantity: object = 1, key: str | None = None):
        key = str(uuid4()) if key is None else key
        return self.call("POST", "/items", {"sku": sku, "quantity": quantity}, Idempotency_Key=key)

    def change(self, method: str, path: str, body: object = None):
        return self.call(method, path, body, If_Match=f'"{self.version}"')

    def show(self) -> dict:
        return self.call("GET").json()


@pytest.fixture
def begin(client):
    key = keys.storefront_key()

    def begin(body: object = None) -> HttpResponse:
        raw = json.dumps(body or {}).encode()
        return client.generic("POST", CARTS, raw, "application/json", headers={"X-Api-Key": key})

    return begin


@pytest.fixture
def alice(begin):
    made = begin().json()
    return Shopper(made["id"], made["token"])


@pytest.fixture
def bob(begin):
    made = begin().json()
    return Shopper(made["id"], made["token"])


def free(sku="MUG") -> int:
    return stock.available(skus=(sku,))[sku].free


def problem(answer) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


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


def test_adds_with_a_hold(alice):
    answer = alice.add("MUG", 2)
    added = answer.json()
    assert answer.status_code == 201
    assert (added["sku"], added["quantity"], added["cart"]) == ("MUG", 2, {"version": 2})
    assert added["hold"]["expires_at"].endswith("Z")
    assert added["id"].startswith("item_")
    assert free() == 1


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


def test_says_when_a_cart_changes_too_often(alice, settings):
    settings.LIMITS = True
    answers = [alice.change("PUT", "/items", {"items": [{"sku": "MUG"}]}) for _ in range(31)]
    assert problem(answers[-1]) == (429, "rate-limited")
    assert answers[-1].headers["Retry-After"] in {"1", "2"}


def test_shows_what_was_added(alice):
    added = alice.add("MUG", 2).json()
    [item] = alice.show()["items"]
    assert (item["id"], item["hold"]["expires_at"]) == (added["id"], added["hold"]["expires_at"])
    assert item["unit"] == {"amount": "12.00", "currency": "EUR"}
    assert item["total"] == {"amount": "24.00", "currency": "EUR"}


def test_the_token_is_shown_once(alice):
    assert "token" not in alice.show()


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


def test_dropping_a_cart_frees_everything(alice):
    alice.add("SET")
    assert alice.change("DELETE", "").status_code == 204
    assert (free("MUG"), free("TEE")) == (3, 1)
    assert problem(alice.call("GET")) == (404, "not-found")


def test_tells_a_lapsed_hold_and_what_is_left(alice, bob, settings):
    settings.HOLD_SECONDS = 0
    alice.add("MUG", 3)
    settings.HOLD_SECONDS = 900
    bob.add("MUG", 1)
    [item] = alice.show()["items"]
    assert item["hold"] == {"expires_at": None, "lapsed": True, "available": 2}


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


@contextmanager
def counting(monkeypatch) -> Iterator[list[str]]:
    """Note by purpose whatever is sent to Redis: each is a way there and back."""
    sent, ask, tell, execute = [], Lines.ask_all, Lines.tell, Redis.execute_command
    purposes = {id(client(alias)): alias for alias in settings.REDIS}

    def asked(self, commands):
        sent.append(purposes[id(self.owner)])
        return ask(self, commands)

    def told(self, *command):
        sent.append(purposes[id(self.owner)])
        return tell(self, *command)

    def executed(self, *command, **options):
        sent.append(purposes[id(self)])
        return execute(self, *command, **options)

    monkeypatch.setattr(Lines, "ask_all", asked)
    monkeypatch.setattr(Lines, "tell", told)
    monkeypatch.setattr(Redis, "execute_command", executed)
    yield sent
    monkeypatch.undo()


def test_adding_is_lean(alice, monkeypatch, django_assert_num_queries):
    """One statement, and two ways to the cart; the limits ask for nothing from a usual shopper."""
    monkeypatch.setattr(settings, "LIMITS", True)
    alice.add("MUG")
    with django_assert_num_queries(1), counting(monkeypatch) as sent:
        answer = alice.add("MUG")
    assert sent == ["carts", "carts"]
    assert answer.status_code == 201
    assert not answer.cookies


@pytest.mark.parametrize("met", [True, False])
def test_adding_what_this_process_has_not_met_is_lean(
    alice, monkeypatch, django_assert_num_queries, met
):
    """One statement if its facts have arrived; else catalogue and price list are asked, once."""
    alice.add("MUG")
    if met:
        deliver_all()
    with django_assert_num_queries(1 if met else 3), counting(monkeypatch) as sent:
        alice.add("TEE")
    assert sent == ["carts", "carts"]


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
