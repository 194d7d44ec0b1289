"""The doors for partners and shop fronts: statuses, problems, headers, and nobody else's order."""

import json
from dataclasses import replace

import pytest

from commerce import ids
from commerce.proof import prove
from commerce.redis import client as redis
from commerce.rest import keys

from .. import service
from ..models import Order
from .conftest import euros, fill

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop", "both_ways")]
PRECHECKS, ORDERS = "/api/orders/v1/prechecks", "/api/orders/v1/orders"
SECRET = "sk_" + "s" * 32


def body(wish, **changes):
    written = {
        "cart_id": ids.public("cart", wish.cart),
        "cart_version": wish.cart_version,
        "expected_total": wish.expected_total.to_json(),
        "payment_session": ids.public("pay", wish.payment_session),
    }
    return {name: value for name, value in (written | changes).items() if value is not None}


def post(client, path, data, *, token, key="first", **headers):
    headers = {"X-Cart-Token": token, "Idempotency-Key": key} | headers
    headers = {name: value for name, value in headers.items() if value is not None}
    return client.post(path, data, content_type="application/json", headers=headers)


def get(client, path, token, **headers):
    return client.get(path, headers={"X-Cart-Token": token} | headers)


@pytest.fixture
def token(wish):
    return prove("cart", wish.cart)


@pytest.fixture
def partner():
    keys.ensure("ERP", "sk", SECRET, ["orders:read", "orders:write"])
    return {"Authorization": f"Bearer {SECRET}"}


@pytest.fixture
def placed(client, wish, token):
    return post(client, ORDERS, body(wish), token=token).json()


def test_precheck_says_ok(client, wish, token):
    answer = post(client, PRECHECKS, body(wish, payment_session=None), token=token)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert not Order.objects.exists()


def test_precheck_tells_all_reasons_in_one_problem(client, shop, wish, token):
    shop.carts[wish.cart] = replace(shop.carts[wish.cart], email="")
    answer = post(client, PRECHECKS, body(wish, cart_version=1), token=token)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "order-not-possible")
    assert [(error["code"], error["pointer"]) for error in problem["errors"]] == [
        ("cart-changed", "/cart_version"),
        ("email-missing", "/cart_id"),
    ]
    assert problem["errors"][1]["meta"] == {"field": "email"}


def test_order_is_accepted_with_its_final_number(client, wish, token):
    answer = post(client, ORDERS, body(wish), token=token)
    order = Order.objects.get()
    name = ids.public("ord", order.pk)
    assert answer.status_code == 202
    assert answer.json() == {"id": name, "number": order.number, "status": "accepted"}
    assert answer.headers["Location"] == f"{ORDERS}/{name}"


def test_price_change_tells_the_new_total(client, wish, token):
    wrong = body(wish, expected_total=euros("1.00").to_json())
    answer = post(client, ORDERS, wrong, token=token)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "price-changed")
    assert problem["errors"][0]["meta"]["total"] == {"amount": "24.90", "currency": "EUR"}


def test_missing_payment_is_told(client, wish, token):
    answer = post(client, ORDERS, body(wish, payment_session=None), token=token)
    assert (answer.status_code, answer.json()["code"]) == (422, "payment-missing")


@pytest.mark.parametrize("forget_redis", [False, True])
def test_replay_gives_the_same_answer(client, wish, token, forget_redis):
    first = post(client, ORDERS, body(wish), token=token)
    if forget_redis:
        redis("idempotency").flushall()
    again = post(client, ORDERS, body(wish), token=token)
    assert (again.status_code, again.content) == (202, first.content)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Order.objects.count() == 1


@pytest.mark.parametrize("forget_redis", [False, True])
def test_same_key_with_another_body_is_refused(client, wish, token, forget_redis):
    post(client, ORDERS, body(wish), token=token)
    if forget_redis:
        redis("idempotency").flushall()
    answer = post(client, ORDERS, body(wish, cart_version=6), token=token)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-mismatch")


def test_same_key_of_another_customer_never_shows_an_order(client, shop, wish, token):
    mine = post(client, ORDERS, body(wish), token=token).json()
    other = fill(shop, email="bob@example.com")
    yours = post(client, ORDERS, body(other), token=prove("cart", other.cart)).json()
    assert yours["number"] != mine["number"]


def test_cart_is_ordered_once_under_any_key(client, wish, token, placed):
    answer = post(client, ORDERS, body(wish), token=token, key="second")
    assert (answer.status_code, answer.json()["code"]) == (409, "already-ordered")
    assert answer.headers["Location"] == f"{ORDERS}/{placed['id']}"


def test_key_is_required(client, wish, token):
    answer = post(client, ORDERS, body(wish), token=token, key=None)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")


@pytest.mark.parametrize("path", [PRECHECKS, ORDERS])
def test_cart_needs_its_own_token(client, shop, wish, path):
    other = prove("cart", fill(shop).cart)
    for token in (other, "forged", prove("order", wish.cart)):
        answer = post(client, path, body(wish), token=token)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert post(client, path, body(wish), token=None).status_code == 401


def test_unknown_cart_is_not_found(client, wish):
    unknown = ids.new()
    data = body(wish, cart_id=ids.public("cart", unknown))
    assert post(client, ORDERS, data, token=prove("cart", unknown)).status_code == 404


def test_silent_neighbour_is_503_and_the_key_goes_on(client, shop, wish, token):
    shop.fault("payments.bind", after=True)
    answer = post(client, ORDERS, body(wish), token=token)
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
    assert post(client, ORDERS, body(wish), token=token).status_code == 202
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"cart_version": -1},
        {"cart_version": "5"},
        {"cart_version": 1.5},
        {"expected_total": {"amount": "1e3", "currency": "EUR"}},
        {"expected_total": {"amount": "-1.00", "currency": "EUR"}},
        {"expected_total": {"amount": "24.901", "currency": "EUR"}},
        {"expected_total": {"amount": "٢٤.90", "currency": "EUR"}},
        {"expected_total": {"amount": 24.9, "currency": "EUR"}},
        {"expected_total": "24.90"},
        {"payment_session": "pay_1"},
        {"payment_session": 7},
        {"status": "paid"},
    ],
)
def test_nonsense_is_refused_by_its_place(client, wish, token, changes):
    answer = post(client, ORDERS, body(wish) | changes, token=token)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith(f"/{next(iter(changes))}")
    assert not Order.objects.exists()


def test_order_is_shown_to_who_holds_the_cart(client, wish, token, placed):
    answer = get(client, f"{ORDERS}/{placed['id']}", token)
    order = answer.json()
    assert answer.status_code == 200
    assert answer.headers["ETag"] == f'"{order["version"]}"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert (order["number"], order["status"]) == (placed["number"], "accepted")
    assert order["totals"]["grand"] == {"amount": "24.90", "currency": "EUR"}
    assert order["items"][0]["unit"] == {"amount": "10.00", "currency": "EUR"}
    assert order["shipping_address"]["city"] == "London"


def test_known_version_is_not_sent_again(client, token, placed):
    path = f"{ORDERS}/{placed['id']}"
    tag = get(client, path, token).headers["ETag"]
    assert get(client, path, token, **{"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("part", ["", "/events"])
def test_foreign_order_is_as_unknown_as_none(client, shop, placed, part):
    other = prove("cart", fill(shop).cart)
    foreign = get(client, f"{ORDERS}/{placed['id']}{part}", other)
    nothing = get(client, f"{ORDERS}/{ids.public('ord', ids.new())}{part}", other)
    nonsense = get(client, f"{ORDERS}/ord_1{part}", other)
    assert {foreign.status_code, nothing.status_code, nonsense.status_code} == {404}
    assert without_trace(foreign) == without_trace(nothing)
    assert client.get(f"{ORDERS}/{placed['id']}{part}").status_code == 401


@pytest.mark.parametrize("part", ["", "/events"])
def test_partner_needs_the_scope_to_read(client, placed, part):
    path = f"{ORDERS}/{placed['id']}{part}"
    keys.ensure("ERP", "sk", SECRET, ["catalog:read"])
    assert client.get(path, headers={"Authorization": f"Bearer {SECRET}"}).status_code == 403
    keys.ensure("ERP", "sk", SECRET, ["orders:read"])
    assert client.get(path, headers={"Authorization": f"Bearer {SECRET}"}).status_code == 200


def test_partner_orders_for_a_shopper(client, wish, partner):
    answer = post(client, ORDERS, body(wish), token=None, **partner)
    assert answer.status_code == 202
    assert Order.objects.get().caller.startswith("sk:")


def test_story_is_told_without_names_of_staff(client, token, placed):
    service.cancel(order=ids.parse("ord", placed["id"]), actor="staff:eve", why="Broken")
    answer = get(client, f"{ORDERS}/{placed['id']}/events", token)
    told = [(step["actor"], step["what"], step["why"]) for step in answer.json()["data"]]
    assert told == [
        ("shopper", "placing", ""),
        ("shopper", "accepted", ""),
        ("staff", "cancelled", "Broken"),
    ]


@pytest.mark.parametrize("wait", ["-1", "31", "long"])
def test_wait_has_limits(client, token, placed, wait):
    assert get(client, f"{ORDERS}/{placed['id']}?wait={wait}", token).status_code == 400


def test_hot_path_asks_the_database_little(client, wish, token, django_assert_max_num_queries):
    with django_assert_max_num_queries(17):
        post(client, ORDERS, body(wish), token=token)


def without_trace(answer):
    problem = json.loads(answer.content)
    return {k: v for k, v in problem.items() if k not in {"trace_id", "instance"}}
