from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.pricing.interface import (
    CartDraft,
    CouponAnswer,
    Discount,
    LineDraft,
    Refusal,
    pricing,
)
from apps.pricing.models import Coupon, CouponUse, Promotion
from apps.pricing.service import offers
from apps.pricing.tests import shelf
from apps.pricing.tests.offers import TENTH, coupon, promote
from commerce import clock, ids
from commerce.money import Money

pytestmark = pytest.mark.django_db
ALICE, BOB = ids.new(), ids.new()
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def shop(prices, both_ways):
    """Ask the service plainly and through the wire."""


def eur(amount):
    return Money.of(amount, "EUR")


def quote(*lines, **more):
    wanted = tuple(LineDraft(*line) for line in lines or [("MUG", 2), ("TEE", 1)])
    return pricing.quote(cart=CartDraft("EUR", wanted, **more))


def told(code="SPRING", **more):
    (answer,) = quote(coupons=(code,), **more).coupons
    return answer.refusal


def test_takes_what_a_promotion_gives_off_the_lines():
    promote()
    found = quote()
    assert [line.total for line in found.lines] == [eur("23.22"), eur("22.50")]
    assert [line.unit for line in found.lines] == [eur("12.90"), eur("25.00")]
    assert (found.subtotal, found.grand, found.tax) == (eur("45.72"), eur("45.72"), eur("7.62"))
    assert found.discounts == (Discount("sale", "Sale", eur("5.08")),)


def test_gives_nothing_before_after_or_while_it_sleeps():
    now = clock.now()
    promote("tomorrow", since=now + HOUR)
    promote("yesterday", since=now - 2 * HOUR, until=now - HOUR)
    promote("asleep", is_live=False)
    promote("dollars", currency="USD")
    assert quote().discounts == ()


def test_counts_a_promotion_that_gives_free_shipping():
    promote("sent", {"kind": "shipping-off", "percent": "100"})
    found = quote(("MUG", 1), shipping="standard")
    assert (found.shipping, found.grand) == (eur("0"), eur("12.90"))
    assert found.discounts == (Discount("sent", "Sent", eur("4.90")),)


def test_knows_products_and_weights_that_rules_ask_about():
    promote(conditions=[{"kind": "contains-product", "names": ["mug"]}])
    promote("heavy", conditions=[{"kind": "weight-at-least", "weight": "1"}])
    assert [each.promotion for each in quote().discounts] == ["sale"]
    assert quote(("TEE", 1)).discounts == ()


def test_gives_no_more_than_its_budget():
    sale = promote(currency="EUR", budget_minor=500)
    assert quote().discounts[0].amount == eur("5.00")
    Promotion.objects.filter(pk=sale.pk).update(given_minor=350)
    assert quote().discounts[0].amount == eur("1.50")


def test_ends_after_so_many_orders():
    sale = promote(use_limit=3)
    Promotion.objects.filter(pk=sale.pk).update(used=3)
    assert quote().discounts == ()


def test_lists_ways_of_sending_by_what_discounts_leave():
    cart = CartDraft("EUR", (LineDraft("TEE", 3),))
    assert pricing.shipping_options(cart=cart)[0].price == eur("0")
    promote("half", TENTH | {"percent": "50"})
    assert pricing.shipping_options(cart=cart)[0].price == eur("4.90")


def test_coupon_opens_its_promotion_in_any_letters():
    coupon()
    assert quote().discounts == ()
    found = quote(coupons=(" spring",))
    assert found.discounts == (Discount("sale", "Sale", eur("5.08")),)
    assert found.coupons == (CouponAnswer("SPRING"),)


def test_answers_alike_for_unknown_expired_and_not_yours():
    ended = promote("ended", by_coupon=True, until=clock.now() - HOUR)
    later = promote("later", by_coupon=True, since=clock.now() + HOUR)
    coupon("ENDED", ended)
    coupon("LATER", later)
    coupon("ALICE", customer=ALICE)
    for code in ("NONE", "ENDED", "LATER", "ALICE"):
        assert told(code, customer=BOB) is Refusal.UNKNOWN
    assert told("ALICE") is Refusal.UNKNOWN
    assert told("ALICE", customer=ALICE) is None


def test_says_why_a_coupon_gives_nothing():
    used_up = coupon("GONE", use_limit=1)
    Coupon.objects.filter(pk=used_up.pk).update(used=1)
    once = coupon("ONCE", used_up.promotion, customer_limit=1)
    CouponUse.objects.create(order=ids.new(), coupon=once, customer=ALICE)
    dear = [{"kind": "items-total-at-least", "amount": "999"}]
    coupon("DEAR", promote("dear", conditions=dear, by_coupon=True, currency="EUR"))
    assert told("GONE") is Refusal.USED_UP
    assert told("ONCE") is Refusal.SIGN_IN
    assert told("ONCE", customer=ALICE) is Refusal.USED_BY_CUSTOMER
    assert told("ONCE", customer=BOB) is None
    assert told("DEAR") is Refusal.NOT_FOR_THIS_CART


def test_reads_promotions_in_one_query_and_coupons_in_another(django_assert_num_queries):
    sale = promote(by_coupon=True)
    for number in range(20):
        coupon(f"C{number}", sale)
        promote(f"p{number}")
    with django_assert_num_queries(7):  # as any quote, and once the coupons
        quote(shipping="standard", coupons=("C3", "C7"))


def test_a_promotion_that_is_spoken_of_but_asleep_never_applied():
    first = promote("first")
    promote("second", conditions=[{"kind": "applied", "promotion": "first"}])
    assert len(quote().discounts) == 2
    Promotion.objects.filter(pk=first.pk).update(is_live=False)
    assert quote().discounts == ()


def test_refuses_terms_that_cannot_be_read():
    with pytest.raises(ValidationError, match="effect 1: order-percent: percent is missing"):
        promote("odd", {"kind": "order-percent"})
    with pytest.raises(ValidationError, match="choose the promotion's"):
        promote("odd", {"kind": "order-fixed", "amount": "5"})


def test_refuses_promotions_that_wait_for_each_other():
    after_second = [{"kind": "applied", "promotion": "second"}]
    with pytest.raises(ValidationError, match="No promotion is called second"):
        promote("first", conditions=after_second)
    first = promote("first")
    promote("second", conditions=[{"kind": "applied", "promotion": "first"}])
    first.terms = first.terms | {"conditions": after_second}
    with pytest.raises(ValidationError, match="by a detour"):
        first.save()


def test_refuses_a_code_in_other_letters_and_a_coupon_for_what_is_open():
    coupon("Spring")
    with pytest.raises(ValidationError, match="There is a coupon with this code"):
        coupon("SPRING", Promotion.objects.get())
    with pytest.raises(ValidationError, match="needs no coupon"):
        coupon("FREE", promote("open"))


def test_editing_leaves_the_counts_alone():
    spring = coupon(use_limit=5)
    Coupon.objects.filter(pk=spring.pk).update(used=2)
    spring.use_limit = 4
    spring.save()
    spring.refresh_from_db()
    assert (spring.use_limit, spring.used) == (4, 2)
    spring.use_limit = 1
    with pytest.raises(ValidationError, match="used more often already"):
        spring.save()


def test_counts_what_it_gave_in_one_currency():
    sale = promote(currency="EUR")
    Promotion.objects.filter(pk=sale.pk).update(used=1, given_minor=100)
    sale.currency = "USD"
    with pytest.raises(ValidationError, match="in another currency already"):
        sale.save()


@pytest.mark.parametrize("used", [-1, 2])
def test_database_refuses_more_uses_than_the_limit(used):
    coupon(use_limit=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Coupon.objects.update(used=used)


def test_promotions_speak_of_categories_and_what_is_below_them():
    shelf.shelve("MUG", free=9, categories=("kitchen", "kitchen/cups"))
    kitchen = TENTH | {"only": {"categories": ["kitchen"]}}
    dear = {"kind": "category-total-at-least", "category": "kitchen", "amount": "20"}
    cups = {"kind": "contains-category", "categories": ["kitchen/cups"]}
    promote("sale", kitchen, conditions=[dear, cups], currency="EUR")
    assert quote(("MUG", 1), ("TEE", 5)).discounts == ()
    found = quote(("MUG", 2), ("TEE", 1))
    assert found.discounts == (Discount("sale", "Sale", eur("2.58")),)


def test_reads_terms_once_and_changed_ones_at_once(monkeypatch):
    read: list[object] = []
    known = offers.read
    monkeypatch.setattr(offers, "read", lambda *told: read.append(told) or known(*told))
    offers.terms.cache_clear()
    sale = promote()
    assert [quote().discounts[0].amount for _ in range(3)] == [eur("5.08")] * 3
    assert len(read) == 1
    sale.terms = {"effects": [TENTH | {"percent": "50"}]}
    sale.save()
    assert quote().discounts[0].amount == eur("25.40")
    assert len(read) == 2
