"""A cart keeps the coupons that count, and says what they take off."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from apps.cart import service, store
from apps.cart.domain import MOST_COUPONS, Document
from apps.cart.tests.coupons import coupon, promote
from apps.cart.tests.rest.shopper import problem
from commerce import clock, ids
from commerce.redis import client as redis

pytestmark = pytest.mark.usefixtures("house")
MUGS = {"kind": "items-total-at-least", "amount": "20.00"}


def enter(shopper, code="SPRING", **headers):
    return shopper.call("POST", "/coupons", {"code": code}, **headers)


def document(shopper):
    return store.load(ids.parse("cart", shopper.id))


def grand(shopper):
    return shopper.show()["totals"]["grand"]["amount"]


@pytest.fixture
def shopping(alice):
    alice.add("MUG", 2)
    return alice


def test_takes_off_what_it_promises_and_says_so(shopping):
    coupon("Spring")
    answer = enter(shopping, " spring ")
    assert (answer.status_code, answer.json()["version"]) == (200, 3)
    assert answer.json() == shopping.show()
    shown = answer.json()
    assert shown["coupons"] == [{"code": "SPRING", "refusal": None}]
    [discount] = shown["discounts"]
    assert discount["amount"] == {"amount": "2.40", "currency": "EUR"}
    assert (discount["promotion"], discount["name"]) == ("spring", "Spring")
    assert shown["totals"]["grand"]["amount"] == "21.60"


def test_a_cart_without_any_has_none(shopping):
    assert (shopping.show()["coupons"], shopping.show()["discounts"]) == ([], [])


def test_a_promotion_for_everybody_is_told_too(shopping):
    promote("everybody")
    assert [each["name"] for each in shopping.show()["discounts"]] == ["Everybody"]


def test_one_answer_for_all_that_count_for_nobody_here(shopping):
    past, later = clock.now() - timedelta(days=1), clock.now() + timedelta(days=1)
    coupon("EXPIRED", by=promote("expired", by_coupon=True, until=past))
    coupon("EARLY", by=promote("early", by_coupon=True, since=later))
    coupon("BOBS", customer=uuid4())
    coupon("RESTING", by=promote("resting", by_coupon=True, is_live=False))
    codes = ("EXPIRED", "EARLY", "BOBS", "RESTING", "NOSUCH", "NO SUCH", "ÜBER", "'--")
    answers = [enter(shopping, code) for code in codes]
    assert {problem(answer) for answer in answers} == {(422, "coupon-unknown")}
    texts = {
        json.dumps(answer.json() | {"errors": None, "trace_id": None, "instance": None})
        for answer in answers
    }
    assert len(texts) == 1
    assert document(shopping).coupons == ()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"use_limit": 0}, "coupon-exhausted"),
        ({"customer_limit": 1}, "coupon-sign-in"),
        ({"conditions": [{"kind": "items-total-at-least", "amount": "25.00"}]}, None),
    ],
)
def test_says_why_a_good_code_gives_nothing(shopping, more, code):
    if code:
        coupon(**more)
    else:
        coupon(by=promote("rich", by_coupon=True, currency="EUR", **more))
    assert problem(enter(shopping)) == (409, code or "coupon-not-for-cart")
    assert document(shopping).coupons == ()


@pytest.mark.parametrize(
    "body", [{}, {"code": ""}, {"code": "x" * 61}, {"code": 7}, {"code": "A", "percent": 99}, []]
)
def test_refuses_a_body_that_is_none(shopping, body):
    assert problem(shopping.call("POST", "/coupons", body)) == (422, "body-invalid")


def test_the_last_one_entered_counts_and_the_others_wait(shopping):
    coupon("TEN")
    coupon("HALF", {"kind": "order-percent", "percent": "50"})
    enter(shopping, "TEN")
    shown = enter(shopping, "HALF").json()
    assert shown["coupons"] == [
        {"code": "HALF", "refusal": None},
        {"code": "TEN", "refusal": "replaced"},
    ]
    assert shown["totals"]["grand"]["amount"] == "12.00"
    shown = shopping.call("DELETE", "/coupons/half").json()
    assert shown["coupons"] == [{"code": "TEN", "refusal": None}]
    assert shown["totals"]["grand"]["amount"] == "21.60"


def test_entering_one_again_makes_it_the_last(shopping):
    for code in ("ONE", "TWO", "ONE", "ONE"):
        if code not in document(shopping).coupons:
            coupon(code)
        assert enter(shopping, code).status_code == 200
    assert document(shopping).coupons == ("TWO", "ONE")


def test_a_cart_keeps_a_handful(shopping):
    for number in range(MOST_COUPONS + 2):
        coupon(f"C{number}")
        enter(shopping, f"C{number}")
    assert document(shopping).coupons == ("C2", "C3", "C4", "C5", "C6")


def test_all_are_taken_out_at_once(shopping):
    coupon()
    enter(shopping)
    answer = shopping.call("DELETE", "/coupons")
    assert (answer.status_code, answer.json()["coupons"]) == (200, [])
    assert shopping.call("DELETE", "/coupons/NOSUCH").status_code == 200
    assert grand(shopping) == "24.00"


def test_one_that_stops_fitting_stays_and_says_why(shopping):
    coupon(by=promote("rich", by_coupon=True, currency="EUR", conditions=[MUGS]))
    enter(shopping)
    item = shopping.show()["items"][0]["id"]
    shopping.change("PATCH", f"/items/{item}", {"quantity": 1})
    shown = shopping.show()
    assert shown["coupons"] == [{"code": "SPRING", "refusal": "not-for-this-cart"}]
    assert (shown["discounts"], shown["totals"]["grand"]["amount"]) == ([], "12.00")
    shopping.change("PATCH", f"/items/{item}", {"quantity": 2})
    assert shopping.show()["coupons"] == [{"code": "SPRING", "refusal": None}]


def test_one_request_twice_is_answered_once(shopping):
    coupon()
    first = enter(shopping, Idempotency_Key="once")
    again = enter(shopping, Idempotency_Key="once")
    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert document(shopping).version == 3


def test_nobody_elses_cart_is_touched(shopping, bob):
    coupon()
    shopping.token = bob.token
    for answer in (enter(shopping), shopping.call("DELETE", "/coupons")):
        assert problem(answer) == (404, "not-found")


def test_a_frozen_cart_keeps_its_coupons_and_prices(shopping):
    made = coupon()
    enter(shopping)
    shopping.call("POST", "/freeze")
    made.delete()
    assert grand(shopping) == "21.60"
    for answer in (enter(shopping), shopping.call("DELETE", "/coupons")):
        assert problem(answer) == (423, "cart-frozen")
    shopping.call("DELETE", "/freeze")
    assert grand(shopping) == "24.00"
    assert shopping.show()["coupons"] == [{"code": "SPRING", "refusal": "unknown"}]


def test_an_ordered_cart_takes_none(shopping):
    coupon()
    service.CartService().close(cart=ids.parse("cart", shopping.id), order=ids.new())
    assert problem(enter(shopping)) == (409, "cart-ordered")


def test_a_merged_cart_brings_its_coupons_along(alice, bob):
    coupon("HALF", {"kind": "order-percent", "percent": "50"})
    coupon("TEN")
    alice.add("MUG"), bob.add("MUG")
    enter(bob, "TEN"), enter(alice, "HALF")
    body = {"into": alice.id, "token": alice.token}
    assert bob.call("POST", "/merge", body, Idempotency_Key="m").status_code == 200
    assert document(alice).coupons == ("TEN", "HALF")
    assert grand(alice) == "12.00"


def test_documents_of_before_have_none(shopping):
    kept = json.loads(redis("carts").get(store.places(ids.parse("cart", shopping.id))[0]))
    del kept["coupons"]
    assert store.read(json.dumps(kept).encode()).coupons == ()
    assert isinstance(document(shopping), Document)
