import json

import pytest

from apps.pricing.models import Coupon, Promotion
from apps.pricing.tests.offers import TENTH, coupon, promote

pytestmark = pytest.mark.django_db
PROMOTIONS, COUPONS = "/admin/pricing/promotion/", "/admin/pricing/coupon/"


def form(**more):
    terms = {"conditions": [], "effects": [TENTH]}
    plain = {"key": "may", "name": "May sale", "priority": "5", "currency": ""}
    return plain | {"terms": json.dumps(terms)} | more


def test_adds_a_promotion_with_a_budget_in_major_units(admin_client):
    assert "order-percent" in admin_client.get(f"{PROMOTIONS}add/").text
    answer = admin_client.post(f"{PROMOTIONS}add/", form(currency="EUR", budget="99.50"))
    assert answer.status_code == 302
    may = Promotion.objects.get(key="may")
    assert (may.budget_minor, may.currency, may.is_live) == (9_950, "EUR", False)


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ({"terms": '{"effects": [{"kind": "magic"}]}'}, "effect 1: its kind must be one of"),
        ({"terms": "{"}, "Enter a valid JSON"),
        ({"budget": "5"}, "A budget needs a currency"),
        (
            {
                "since_0": "2030-05-02",
                "since_1": "0:00",
                "until_0": "2030-05-01",
                "until_1": "0:00",
            },
            "It ends before it starts",
        ),
    ],
)
def test_says_what_is_wrong_with_a_promotion(admin_client, entered, words):
    answer = admin_client.post(f"{PROMOTIONS}add/", form(**entered))
    assert answer.status_code == 200
    assert words in answer.text
    assert not Promotion.objects.exists()


def test_editing_a_promotion_keeps_what_orders_used(admin_client):
    sale = promote(currency="EUR", budget_minor=1_000, use_limit=9)
    Promotion.objects.filter(pk=sale.pk).update(used=2, given_minor=300)
    page = f"{PROMOTIONS}{sale.pk}/change/"
    assert "3.00 EUR" in admin_client.get(page).text
    entered = form(currency="EUR", budget="5", use_limit="4", name="Late sale")
    assert admin_client.post(page, entered).status_code == 302
    sale.refresh_from_db()
    assert (sale.name, sale.key, sale.budget_minor, sale.use_limit) == ("Late sale", "sale", 500, 4)
    assert (sale.used, sale.given_minor) == (2, 300)


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ({"budget": "2"}, "given more than this budget"),
        ({"use_limit": "1"}, "used more often already"),
        ({"currency": "USD"}, "in another currency already"),
    ],
)
def test_refuses_less_than_orders_used(admin_client, entered, words):
    sale = promote(currency="EUR")
    Promotion.objects.filter(pk=sale.pk).update(used=2, given_minor=300)
    page = f"{PROMOTIONS}{sale.pk}/change/"
    assert words in admin_client.post(page, form(currency="EUR") | entered).text


def test_lists_coupons_by_the_beginning_of_a_code(admin_client):
    coupon("SPRING-1", use_limit=1)
    assert "SPRING-1" in admin_client.get(COUPONS, {"q": "spr"}).text
    assert "SPRING-1" not in admin_client.get(COUPONS, {"q": "ring"}).text


def test_adds_a_coupon_once(admin_client):
    sale = promote(by_coupon=True)
    entered = {"code": "Spring", "promotion": sale.pk, "use_limit": "1"}
    assert admin_client.post(f"{COUPONS}add/", entered).status_code == 302
    answer = admin_client.post(f"{COUPONS}add/", entered | {"code": "SPRING"})
    assert "There is a coupon with this code" in answer.text
    assert Coupon.objects.count() == 1
