from datetime import timedelta

import pytest

from apps.pricing.interface import (
    CartDraft,
    ClaimUndone,
    CouponRefused,
    Discount,
    LineDraft,
    PromotionOver,
    Refusal,
    pricing,
)
from apps.pricing.models import Coupon, CouponUse, Promotion
from apps.pricing.tests.offers import coupon, promote
from commerce import clock, ids
from commerce.money import Money

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("both_ways")]
ALICE, BOB = ids.new(), ids.new()
FIRST, SECOND = ids.new(), ids.new()


def claim(*codes, order=FIRST, customer=None, given=()):
    discounts = tuple(Discount(key, "", Money.of(off, "EUR")) for key, off in given)
    pricing.claim(order=order, coupons=codes, customer=customer, discounts=discounts)


def refusal(*codes, **more):
    with pytest.raises(CouponRefused) as refused:
        claim(*codes, **more)
    return refused.value.code, refused.value.refusal


def used():
    return dict(Coupon.objects.values_list("code", "used"))


def given(key="sale"):
    return Promotion.objects.values_list("used", "given_minor").get(key=key)


def test_counts_a_coupon_once_however_often_it_is_asked():
    coupon("Spring", use_limit=5)
    claim("SPRING")
    claim("spring ", "SPRING")
    assert used() == {"Spring": 1}
    assert CouponUse.objects.get().order == FIRST


def test_counts_one_coupon_in_two_ways_of_writing_once():
    coupon()
    claim("spring", "SPRING")
    assert used() == {"SPRING": 1}


def test_refuses_a_coupon_that_is_used_up_by_its_name():
    coupon(use_limit=1)
    claim("SPRING")
    assert refusal("SPRING", order=SECOND) == ("SPRING", Refusal.USED_UP)
    assert used() == {"SPRING": 1}


def test_claims_nothing_if_one_coupon_is_refused():
    coupon("A")
    sale = promote("other", by_coupon=True)
    coupon("B", sale, use_limit=0)
    assert refusal("A", "B", given=[("other", "1")]) == ("B", Refusal.USED_UP)
    assert used() == {"A": 0, "B": 0}
    assert given("other") == (0, 0)


def test_answers_alike_for_unknown_expired_asleep_and_not_yours():
    now, hour = clock.now(), timedelta(hours=1)
    coupon("ENDED", promote("ended", by_coupon=True, until=now - hour))
    coupon("LATER", promote("later", by_coupon=True, since=now + hour))
    coupon("ASLEEP", promote("asleep", by_coupon=True, is_live=False))
    coupon("ALICE", customer=ALICE)
    for code in ("NONE", "ENDED", "LATER", "ASLEEP", "ALICE"):
        assert refusal(code, customer=BOB) == (code, Refusal.UNKNOWN)
    claim("ALICE", customer=ALICE)


def test_counts_what_each_customer_used():
    coupon(customer_limit=1)
    claim("SPRING", customer=ALICE)
    assert refusal("SPRING", order=SECOND, customer=ALICE)[1] is Refusal.USED_BY_CUSTOMER
    assert refusal("SPRING", order=SECOND)[1] is Refusal.SIGN_IN
    claim("SPRING", order=SECOND, customer=BOB)
    assert used() == {"SPRING": 2}


def test_gives_back_once_however_often_it_is_asked():
    coupon(use_limit=1, customer_limit=1)
    claim("SPRING", customer=ALICE, given=[("sale", "3.50")])
    assert given() == (1, 350)
    pricing.unclaim(order=FIRST)
    pricing.unclaim(order=FIRST)
    assert (used(), given()) == ({"SPRING": 0}, (0, 0))
    claim("SPRING", order=SECOND, customer=ALICE)
    assert used() == {"SPRING": 1}


def test_claims_nothing_after_it_was_undone():
    coupon()
    pricing.unclaim(order=FIRST)
    with pytest.raises(ClaimUndone):
        claim("SPRING")
    assert used() == {"SPRING": 0}


def test_gives_no_more_than_the_budget_in_all():
    promote(currency="EUR", budget_minor=500)
    claim(given=[("sale", "3.00")])
    with pytest.raises(PromotionOver) as over:
        claim(order=SECOND, given=[("sale", "2.01")])
    assert over.value.promotion == "sale"
    assert given() == (1, 300)
    claim(order=ids.new(), given=[("sale", "2.00")])
    assert given() == (2, 500)


def test_gives_no_more_often_than_the_limit():
    promote(use_limit=1)
    claim(given=[("sale", "1")])
    with pytest.raises(PromotionOver):
        claim(order=SECOND, given=[("sale", "1")])


def test_next_cart_gets_what_earlier_orders_left(prices):
    promote(currency="EUR", budget_minor=200)
    draft = CartDraft("EUR", (LineDraft("MUG", 1),))
    pricing.claim(order=FIRST, coupons=(), discounts=pricing.quote(cart=draft).discounts)
    assert pricing.quote(cart=draft).discounts == (Discount("sale", "Sale", Money(71, "EUR")),)


def test_claims_in_few_statements(django_assert_num_queries):
    coupon()
    with django_assert_num_queries(5 + 2):  # claim, coupon, its use, promotion, its use; savepoint
        claim("SPRING", given=[("sale", "1")])
