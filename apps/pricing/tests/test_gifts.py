"""Gifts and rules about who buys, from the promotion a merchant wrote to the cart it counts in."""

from uuid import uuid4

import pytest
from django.test import Client

from apps.pricing.interface import CartDraft, Gift, History, LineDraft, pricing
from apps.pricing.tests.offers import promote
from apps.pricing.tests.partner import Partner
from commerce.money import Money
from commerce.rest import keys

pytestmark = pytest.mark.django_db
CARTS = "/api/pricing/v1/cart-quotes"
TENTH = {"kind": "order-percent", "percent": "10"}


@pytest.fixture(autouse=True)
def shop(prices, both_ways):
    """Ask the neighbours plainly and through the wire."""


def quote(history=None, **words):
    lines = tuple(LineDraft(sku, units) for sku, units in words.pop("cart", {"MUG": 1}).items())
    return pricing.quote(cart=CartDraft("EUR", lines, history=history, **words))


def off(history=None, **words):
    return sum(each.amount.minor for each in quote(history, **words).discounts)


def test_a_gift_waits_and_then_costs_nothing():
    promote("present", {"kind": "gift", "sku": "TEE", "units": 2}, name="Two tees")
    waits = quote()
    assert waits.gifts == (Gift("present", "Two tees", "TEE", 2),)
    assert waits.grand == Money(1290, "EUR")
    found = quote(cart={"MUG": 1, "TEE": 3})
    assert found.gifts == ()
    assert {line.sku: line.gifts for line in found.lines} == {"MUG": 0, "TEE": 2}
    assert found.grand == Money(1290 + 2500, "EUR")
    assert [(each.promotion, each.amount.minor) for each in found.discounts] == [("present", 5000)]


def test_a_gift_does_not_earn_itself():
    dear = {"kind": "items-total-at-least", "amount": "30"}
    promote("present", {"kind": "gift", "sku": "TEE"}, conditions=[dear], currency="EUR")
    assert off(cart={"MUG": 1, "TEE": 1}) == 0
    assert off(cart={"MUG": 3, "TEE": 1}) == 2500


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"kind": "in-group", "groups": ["staff"]}, {"groups": ("staff", "runners")}),
        ({"kind": "in-channel", "channels": ["app"]}, {"channel": "app"}),
        ({"kind": "nth-order", "number": 1}, {"history": History()}),
        ({"kind": "orders-at-least", "orders": 2}, {"history": History(2)}),
        (
            {"kind": "spent-at-least", "amount": "100"},
            {"history": History(1, (Money(10000, "EUR"), Money(5, "USD")))},
        ),
    ],
)
def test_rules_know_who_buys(condition, words):
    promote(conditions=[condition], currency="EUR")
    assert off() == 0
    assert off(**words) == 129
    assert off(History(5, (Money(9999, "EUR"), Money(10000, "USD"))), channel="web") == (
        129 if condition["kind"] == "orders-at-least" else 0
    )


def test_a_stranger_is_no_new_customer_but_one_without_orders_is():
    first = {"kind": "nth-order", "number": 1}
    promote(conditions=[first])
    promote("others", conditions=[{"kind": "not", "condition": first}])
    assert off() == 0
    assert off(customer=uuid4()) == 129
    assert off(History(), customer=uuid4()) == 129


def test_partners_say_who_buys_and_are_told_of_gifts():
    bought = {"kind": "in-group", "groups": ["staff"]}
    promote("present", {"kind": "gift", "sku": "TEE"}, conditions=[bought])
    promote("again", conditions=[{"kind": "spent-at-least", "amount": "50"}], currency="EUR")
    spent = [{"amount": "50.00", "currency": "EUR"}]
    body = {
        "lines": [{"sku": "MUG", "quantity": 1}],
        "groups": ["staff"],
        "history": {"orders": 1, "spent": spent},
        "channel": "app",
    }
    told = Partner("pricing:read").post(CARTS, body).json()
    assert told["gifts"] == [{"promotion": "present", "name": "Present", "sku": "TEE", "units": 1}]
    assert told["grand"] == {"amount": "11.61", "currency": "EUR"}
    body["lines"].append({"sku": "TEE", "quantity": 1})
    told = Partner("pricing:read").post(CARTS, body).json()
    assert [line["gifts"] for line in told["lines"]] == [0, 1]
    (given,) = (each for each in told["reasons"] if each["kind"] == "gift")
    assert given["text"] == "Present gives TEE as a gift: 25.00 EUR less."


@pytest.mark.parametrize(
    ("more", "pointer", "code"),
    [
        ({"customer": "nobody"}, "/customer", "invalid-value"),
        (
            {"history": {"spent": [{"amount": "-1.00", "currency": "EUR"}]}},
            "/history/spent/0/amount",
            "invalid-value",
        ),
        (
            {"history": {"spent": [{"amount": "1.001", "currency": "EUR"}]}},
            "/history/spent/0/amount",
            "invalid-value",
        ),
        ({"history": {"orders": -1}}, "/history/orders", "invalid-value"),
        ({"history": {"orders": "NaN"}}, "/history/orders", "wrong-type"),
        ({"groups": "staff"}, "/groups", "wrong-type"),
    ],
)
def test_nonsense_about_who_buys_is_pointed_to(more, pointer, code):
    body = {"lines": [{"sku": "MUG", "quantity": 1}]} | more
    answer = Partner("pricing:read").post(CARTS, body)
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]


@pytest.mark.parametrize("more", [{"groups": ["staff"]}, {"history": {}}, {"customer": "cus_1"}])
def test_shop_fronts_do_not_say_who_buys(more):
    client = Client(headers={"X-Api-Key": keys.storefront_key()})
    body = {"lines": [{"sku": "MUG", "quantity": 1}]} | more
    answer = client.post(CARTS, body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "secret-key-needed"
