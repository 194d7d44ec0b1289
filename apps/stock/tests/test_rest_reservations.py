from datetime import datetime, timedelta

import pytest

from apps.stock.interface import Line, stock
from apps.stock.models import DirectReservation
from apps.stock.service import direct
from apps.stock.tests.partner import Partner
from apps.stock.tests.shelf import free, lapse, level, reserve, tell
from commerce import ids
from commerce.redis import client
from commerce.services import ServiceUnavailable

pytestmark = pytest.mark.usefixtures("shelf")


@pytest.fixture
def till(db):
    return Partner("stock:read", "stock:write", name="Till")


def told(**more):
    return {"lines": [{"sku": "MUG", "quantity": 2}, {"sku": "TEE", "quantity": 1}]} | more


@pytest.fixture
def made(till):
    answer = till.post("reservations", told(ttl=600), key="sale")
    assert answer.status_code == 201
    return answer.json()["id"]


def cart_of(made):
    return ids.parse("res", made)


def problem(answer):
    return answer.status_code, answer.json()["code"]


def test_keeps_goods_aside_and_tells_until_when(till, made):
    shown = till.get(f"reservations/{made}").json()
    assert (shown["status"], shown["lines"]) == ("held", told()["lines"])
    until, begun = (datetime.fromisoformat(shown[name]) for name in ("expires_at", "created_at"))
    assert timedelta(seconds=595) < until - begun < timedelta(seconds=605)
    assert (free("MUG"), free("TEE")) == (1, 0)


def test_partners_are_not_bound_by_the_cap_of_shoppers(till):
    stock.count(lines=(Line("MUG", 5_000),), reference="pallet")
    wholesale = {"lines": [{"sku": "MUG", "quantity": 5_000}]}
    assert till.post("reservations", wholesale).status_code == 201


def test_all_lines_or_none(till, alice):
    reserve(alice, TEE=1)
    answer = till.post("reservations", told())
    assert problem(answer) == (409, "out-of-stock")
    assert answer.json()["errors"] == [
        {
            "pointer": "/lines/1",
            "code": "out-of-stock",
            "detail": "",
            "meta": {"sku": "TEE", "available": 0},
        }
    ]
    assert level("MUG") == (3, 0, 0)


def test_the_same_sku_twice_is_added_up(till):
    lines = [{"sku": "MUG", "quantity": 2}] * 2
    assert problem(till.post("reservations", {"lines": lines})) == (409, "out-of-stock")
    assert till.post("reservations", {"lines": lines[:1]}).json()["lines"] == lines[:1]


def test_lets_go(till, made):
    for _ in range(2):
        assert till.ask("DELETE", f"reservations/{made}", Idempotency_Key="x").status_code == 204
    assert till.get(f"reservations/{made}").json()["status"] == "released"
    assert (free("MUG"), free("TEE")) == (3, 1)
    assert problem(till.post(f"reservations/{made}/commit", {})) == (409, "reservation-ended")
    assert problem(till.post(f"reservations/{made}/extend", {})) == (409, "reservation-ended")


def test_sells_once_and_hands_over(till, made):
    for _ in range(2):
        sold = till.post(f"reservations/{made}/commit", {})
        assert (sold.status_code, sold.json()["status"]) == (200, "committed")
    assert (level("MUG"), level("TEE")) == ((3, 0, 2), (1, 0, 1))
    gone = till.post(f"reservations/{made}/commit", {"handed_over": True})
    assert gone.json()["status"] == "handed-over"
    assert (level("MUG"), level("TEE")) == ((1, 0, 0), (0, 0, 0))
    gone = till.ask("DELETE", f"reservations/{made}", Idempotency_Key="x")
    assert problem(gone) == (409, "reservation-ended")


def test_what_was_sold_may_go_back(till, made):
    till.post(f"reservations/{made}/commit", {})
    assert till.ask("DELETE", f"reservations/{made}", Idempotency_Key="x").status_code == 204
    assert (level("MUG"), level("TEE")) == ((3, 0, 0), (1, 0, 0))


def test_what_lapsed_is_had_again_if_it_is_there(till, made, alice):
    lapse(cart_of(made))
    assert till.get(f"reservations/{made}").json()["status"] == "lapsed"
    assert till.post(f"reservations/{made}/extend", {"ttl": 60}).json()["status"] == "held"
    lapse(cart_of(made))
    reserve(alice, TEE=1)
    assert problem(till.post(f"reservations/{made}/extend", {})) == (409, "out-of-stock")
    assert problem(till.post(f"reservations/{made}/commit", {})) == (409, "out-of-stock")
    assert level("MUG")[2] == 0


def test_half_an_hour_is_the_most(till, made):
    tell("UPDATE stock_reservation SET created_at = now() - interval '25 minutes'")
    assert till.post(f"reservations/{made}/extend", {"ttl": 299}).status_code == 200
    too_long = till.post(f"reservations/{made}/extend", {"ttl": 301})
    assert problem(too_long) == (409, "reservation-too-long")


@pytest.mark.django_db(transaction=True)  # so that time passes
def test_half_an_hour_at_once_is_not_too_long(till):
    assert till.post("reservations", told(ttl=1800)).status_code == 201


def test_what_broke_off_is_held_when_it_is_asked_for_again(till, monkeypatch):
    def dies(*arguments):
        raise ServiceUnavailable(reason="a crash")

    with monkeypatch.context() as patch:
        patch.setattr(direct, "reserve", dies)
        assert till.post("reservations", told(), key="sale").status_code == 503
    again = till.post("reservations", told(), key="sale")
    assert (again.status_code, again.json()["status"]) == (201, "held")
    assert (free("MUG"), free("TEE")) == (1, 0)


def test_what_was_let_go_is_not_held_when_it_is_asked_for_again(till, made):
    till.ask("DELETE", f"reservations/{made}", Idempotency_Key="x")
    client("idempotency").flushdb()
    assert till.post("reservations", told(ttl=600), key="sale").json()["status"] == "released"
    assert (free("MUG"), free("TEE")) == (3, 1)


def test_is_made_once_for_a_key_even_when_redis_forgets_it(till, made):

    client("idempotency").flushdb()
    again = till.post("reservations", told(ttl=600), key="sale")
    assert (again.status_code, again.json()["id"]) == (201, made)
    client("idempotency").flushdb()
    other = till.post("reservations", {"lines": told()["lines"][:1]}, key="sale")
    assert problem(other) == (422, "idempotency-mismatch")
    assert level("MUG") == (3, 2, 0)


def test_a_foreign_reservation_and_a_cart_are_unknown(till, made, alice):
    thief = Partner("stock:read", "stock:write", name="Thief")
    reserve(alice, MUG=1)
    for name in (made, ids.public("res", alice), "res_forged", ids.public("cart", alice)):
        assert thief.get(f"reservations/{name}").status_code == 404
        gone = thief.ask("DELETE", f"reservations/{name}", Idempotency_Key="x")
        assert gone.status_code == 404
        for verb in ("extend", "commit"):
            assert thief.post(f"reservations/{name}/{verb}", {}).status_code == 404
    assert level("MUG") == (3, 3, 0)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (told(ttl=0), (422, "body-invalid")),
        (told(ttl=1801), (409, "reservation-too-long")),
        (told(ttl=10**9), (409, "reservation-too-long")),
        (told(ttl=2**63), (422, "body-invalid")),
        (told(ttl="long"), (422, "body-invalid")),
        (told(lines=[]), (422, "body-invalid")),
        (told(lines=[{"sku": "MUG", "quantity": 1}] * 101), (422, "body-invalid")),
        (told(lines=[{"sku": "MUG", "quantity": 1}] * 10_000), (422, "body-invalid")),
        (told(lines=[{"sku": "MUG", "quantity": 2}] * 2), (409, "out-of-stock")),
        (told(lines=[{"sku": "MUG", "quantity": 10**9}] * 3), (422, "body-invalid")),
        *[
            (told(lines=[{"sku": "MUG", "quantity": bad}]), (422, "body-invalid"))
            for bad in (0, -1, 1.5, "two", None, 10**9 + 1, 2**63)
        ],
        (told(lines=[{"sku": "NOBODY-HAS-THIS", "quantity": 1}]), (422, "sku-unknown")),
        (b'{"lines": [{"sku": "MUG", "quantity": NaN}]}', (400, "malformed-json")),
    ],
)
def test_what_is_wrong_keeps_nothing_aside(till, body, expected):
    assert problem(till.post("reservations", body)) == expected
    assert level("MUG") == (3, 0, 0)
    assert not DirectReservation.objects.exists()
