"""Crowds at the counter with one coupon. Without its guard, the trial fails."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from apps.pricing.interface import CouponRefused, Discount, PromotionOver, Refusal, pricing
from apps.pricing.models import Coupon, CouponUse, Promotion
from apps.pricing.service import claims
from apps.pricing.tests.offers import coupon, promote
from commerce import ids
from commerce.money import Money

pytestmark = pytest.mark.django_db(transaction=True)
ORDERS, AT_ONCE = 100, 20
LIMIT = "pricing_coupon_within_limit"


def crowd(work, orders):
    """Let orders come all at once, each with a connection of its own; returns the refusals."""

    def alone(order):
        try:
            work(order)
        except (CouponRefused, PromotionOver) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as people:
        return [refused for refused in people.map(alone, orders) if refused]


def many(count=ORDERS):
    return [ids.new() for _ in range(count)]


def with_spring(**more):
    return lambda order: pricing.claim(order=order, coupons=("SPRING",), **more)


def test_uses_a_single_coupon_once_among_a_hundred_orders():
    coupon(use_limit=1)
    refused = crowd(with_spring(), many())
    assert [each.refusal for each in refused] == [Refusal.USED_UP] * (ORDERS - 1)
    assert (Coupon.objects.get().used, CouponUse.objects.count()) == (1, 1)


def test_crowd_breaks_the_limit_without_its_guard(monkeypatch):
    coupon(use_limit=1)
    monkeypatch.setattr(claims, "USE", claims.USE.replace(claims.UNUSED, ""))
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE pricing_coupon DROP CONSTRAINT {LIMIT}")
        try:
            crowd(with_spring(), many(AT_ONCE))
            assert Coupon.objects.get().used > 1
        finally:
            cursor.execute("UPDATE pricing_coupon SET used = 0")
            check = "CHECK (use_limit IS NULL OR used <= use_limit)"
            cursor.execute(f"ALTER TABLE pricing_coupon ADD CONSTRAINT {LIMIT} {check}")


def test_one_customer_uses_no_more_in_a_hundred_orders_at_once():
    coupon(customer_limit=2)
    refused = crowd(with_spring(customer=ids.new()), many())
    assert {each.refusal for each in refused} == {Refusal.USED_BY_CUSTOMER}
    assert (Coupon.objects.get().used, CouponUse.objects.count()) == (2, 2)


def test_one_order_that_asks_many_times_at_once_counts_once():
    coupon()
    assert crowd(with_spring(), [ids.new()] * AT_ONCE) == []
    assert (Coupon.objects.get().used, CouponUse.objects.count()) == (1, 1)


def test_order_that_is_undone_meanwhile_keeps_nothing():
    coupon()
    orders = many(AT_ONCE)

    def come_and_go(order):
        pricing.claim(order=order, coupons=("SPRING",))
        pricing.unclaim(order=order)

    assert crowd(come_and_go, orders) == []
    assert (Coupon.objects.get().used, CouponUse.objects.count()) == (0, 0)


def test_crowd_gets_no_more_than_the_budget():
    promote(currency="EUR", budget_minor=1_000)
    discounts = (Discount("sale", "", Money(300, "EUR")),)
    crowd(lambda order: pricing.claim(order=order, coupons=(), discounts=discounts), many())
    sale = Promotion.objects.get()
    assert (sale.used, sale.given_minor) == (3, 900)
