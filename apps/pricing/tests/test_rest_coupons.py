import re

import pytest

from apps.pricing.domain.codes import CODES, LETTERS
from apps.pricing.interface import pricing
from apps.pricing.models import Batch, Coupon, CouponUse
from apps.pricing.tests.offers import coupon, promote
from apps.pricing.tests.partner import Partner, pointers
from commerce import ids
from commerce.testing import stores

pytestmark = pytest.mark.django_db
PLACE = "promotions/sale/coupons"


@pytest.fixture
def partner():
    promote("sale", by_coupon=True)
    return Partner("pricing:read", "pricing:write")


def test_issues_a_coupon_with_a_code_of_ones_own(partner):
    made = partner.post(PLACE, {"code": "Spring-1", "use_limit": 5})
    assert made.status_code == 201
    shown = partner.get("coupons/SPRING-1").json()
    assert shown == made.json()
    assert (shown["code"], shown["promotion"], shown["use_limit"]) == ("Spring-1", "sale", 5)
    assert pointers(partner.post(PLACE, {"code": "SPRING-1"}), "coupon-exists") == {
        "/code": "coupon-exists"
    }


@pytest.mark.parametrize(
    "told", [{"code": "=1+1"}, {"code": ""}, {"code": "A", "used": 3}, {"code": "A", "customer": 1}]
)
def test_refuses_what_is_no_coupon(partner, told):
    assert pointers(partner.post(PLACE, told), "body-invalid")


def test_issues_no_coupon_for_what_is_open_to_all(partner):
    promote("open")
    assert pointers(partner.post("promotions/open/coupons", {"code": "A"}), "coupon-not-needed")
    refused = partner.post("promotions/open/coupons:bulk", {"count": 2})
    assert pointers(refused, "coupon-not-needed")


def test_issues_many_codes_that_nobody_guesses(partner, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        made = partner.post(f"{PLACE}:bulk", {"count": 500, "prefix": "MAY", "name": "Letter"})
    assert (made.status_code, made.json()["count"], made.json()["name"]) == (201, 500, "Letter")
    codes = set(Coupon.objects.filter(use_limit=1, used=0).values_list("code", flat=True))
    letters = f"[{LETTERS}]{{4}}"
    assert len(codes) == 500
    assert all(re.fullmatch(f"MAY-{letters}-{letters}-{letters}", code) for code in codes)
    assert CODES >= 2**50
    assert not set("01ILOAEU") & set(LETTERS)
    listed = partner.get(f"{made.headers['Location']}&limit=200").json()
    assert {each["code"] for each in listed["data"]} < codes
    assert {each["batch"] for each in listed["data"]} == {made.json()["id"]}


def test_the_same_key_issues_one_batch_even_if_nobody_remembers(partner):
    first = partner.post(f"{PLACE}:bulk", {"count": 3}, key="one")
    stores.empty()
    assert partner.post(f"{PLACE}:bulk", {"count": 3}, key="one").json() == first.json()
    assert (Batch.objects.count(), Coupon.objects.count()) == (1, 3)
    partner.post(f"{PLACE}:bulk", {"count": 3}, key="other")
    assert Coupon.objects.count() == 6


@pytest.mark.parametrize("count", [0, -1, 1_000_001, 1.5, None])
def test_refuses_to_issue_that_many(partner, count):
    assert pointers(partner.post(f"{PLACE}:bulk", {"count": count}), "body-invalid")


def test_withdraws_a_coupon_and_keeps_its_story(partner):
    sale = coupon("USED", by=promote("late", by_coupon=True)).promotion
    coupon("NEW", by=sale)
    pricing.claim(order=ids.new(), coupons=("USED",))
    assert partner.ask("delete", "coupons/new").status_code == 204
    assert partner.ask("delete", "coupons/used").status_code == 204
    assert partner.ask("delete", "coupons/used").status_code == 204
    left = Coupon.objects.get()
    assert (left.code, left.use_limit, CouponUse.objects.count()) == ("USED", 1, 1)
    assert partner.ask("delete", "coupons/new").status_code == 404


def test_lists_only_the_coupons_of_a_batch_that_is_one(partner):
    assert partner.get(f"{PLACE}?batch=all").status_code == 404
    assert partner.get("coupons/%00").status_code == 404


def test_needs_a_key_to_issue(partner):
    assert partner.ask("post", PLACE, {"code": "A"}).json()["code"] == "idempotency-key-missing"
    many = partner.ask("post", f"{PLACE}:bulk", {"count": 1})
    assert many.json()["code"] == "idempotency-key-missing"
