"""What customers ordered before, as orders tell it, and the promotions that ask about it."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.pricing.domain.conditions import AnyOf, InChannel, Not, NthOrder, OrdersAtLeast
from apps.pricing.domain.promotions import Promotion
from apps.pricing.interface import CartDraft, Discount, LineDraft, PromotionOver, pricing
from apps.pricing.tests.offers import promote
from commerce.money import Money

pytestmark = pytest.mark.django_db
FIRST = {"kind": "nth-order", "number": 1}
DEAR = {"kind": "spent-at-least", "amount": "100"}
ADA, BOB = uuid4(), uuid4()
TENTH = 129  # cents, of a mug


@pytest.fixture(autouse=True)
def shop(prices, both_ways):
    """Ask the neighbours plainly and through the wire."""


def off(customer=ADA, **words):
    cart = CartDraft("EUR", (LineDraft("MUG", 1),), customer=customer, **words)
    return sum(each.amount.minor for each in pricing.quote(cart=cart).discounts)


def bought(amount="10.00", currency="EUR", *, order=None, version=3, counts=True):
    order = order or uuid4()
    spent = Money.of(amount, currency)
    pricing.record_purchase(order=order, customer=ADA, version=version, spent=spent, counts=counts)
    return order


def claim(customer=ADA, key="sale"):
    order, given = uuid4(), (Discount(key, "", Money(TENTH, "EUR")),)
    pricing.claim(order=order, coupons=(), customer=customer, discounts=given)
    return order


def test_the_first_order_is_only_the_first():
    promote(conditions=[FIRST])
    assert off() == TENTH
    order = bought()
    assert (off(), off(BOB)) == (0, TENTH)
    bought(order=order, version=4, counts=False)
    assert off() == TENTH


def test_strangers_have_no_history():
    promote(conditions=[FIRST])
    assert off(None) == 0


def test_what_was_given_back_was_not_spent():
    promote(conditions=[DEAR], currency="EUR")
    order = bought("120.00")
    bought("500.00", "USD")
    assert off() == TENTH
    bought("90.00", order=order, version=4)
    assert off() == 0


def test_an_order_counts_once_and_as_its_latest_version_says():
    promote(conditions=[{"kind": "orders-at-least", "orders": 2}])
    order = bought(version=3)
    bought(order=order, version=3)
    assert off() == 0
    bought(order=order, version=5, counts=False)
    bought(order=order, version=4)
    bought()
    assert off() == 0
    bought()
    assert off() == TENTH


def test_history_is_read_only_for_a_promotion_that_asks():
    plain = promote()
    with CaptureQueriesContext(connection) as unasked:
        off()
    plain.delete()
    promote(conditions=[FIRST])
    with CaptureQueriesContext(connection) as asked:
        off()
    assert len(asked) == len(unasked) + 1


def test_two_first_orders_at_once_get_it_once():
    promote(conditions=[FIRST])
    first = claim()
    with pytest.raises(PromotionOver):
        claim()
    claim(BOB)
    pricing.unclaim(order=first)
    claim()


@pytest.mark.parametrize(
    ("conditions", "most"),
    [
        ((), None),
        ((OrdersAtLeast(1),), None),
        ((NthOrder(3),), 1),
        ((Not(OrdersAtLeast(2)),), 2),
        ((Not(NthOrder(1)),), None),
        ((AnyOf((NthOrder(1), NthOrder(5))), InChannel(frozenset())), 2),
        ((AnyOf((NthOrder(1), InChannel(frozenset()))),), None),
        ((Not(OrdersAtLeast(3)), NthOrder(2)), 1),
    ],
    ids=range(8),
)
def test_conditions_limit_how_often_a_customer_gets_it(conditions, most):
    assert Promotion("sale", conditions=conditions).most_uses == most
