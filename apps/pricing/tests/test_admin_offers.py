import json
from datetime import timedelta

import pytest

from apps.pricing.models import Coupon, Promotion
from apps.pricing.tests.offers import TENTH, coupon, promote
from commerce import clock

pytestmark = pytest.mark.django_db
PROMOTIONS, COUPONS = "/admin/pricing/promotion/", "/admin/pricing/coupon/"


def form(**more):
    """A promotion as it is sent: without more, ten per cent off for everybody."""
    plain = {"key": "may", "name": "May sale", "priority": "5", "currency": ""}
    lines = {"terms-if-0-kind": "", "terms-then-0-kind": "order-percent"}
    return plain | lines | {"terms-then-0-percent": "10"} | more


def test_adds_a_promotion_with_a_budget_in_major_units(admin_client):
    assert "per cents off the goods" in admin_client.get(f"{PROMOTIONS}add/").text
    answer = admin_client.post(f"{PROMOTIONS}add/", form(currency="EUR", budget="99.50"))
    assert answer.status_code == 302
    may = Promotion.objects.get(key="may")
    assert (may.budget_minor, may.currency, may.is_live) == (9_950, "EUR", False)
    assert may.terms == {"conditions": [], "effects": [TENTH]}


def test_builds_terms_from_lines_and_says_them(admin_client):
    lines = {
        "terms-if-0-kind": "items-total-at-least",
        "terms-if-0-join": "if",
        "terms-if-0-amount": "50",
        "terms-if-3-kind": "goes-to",
        "terms-if-3-join": "or-not",
        "terms-if-3-countries": "FR, DE",
        "terms-then-0-most": "20.00",
        "terms-then-0-only.products": "classic-mug",
    }
    assert admin_client.post(f"{PROMOTIONS}add/", form(currency="EUR", **lines)).status_code == 302
    may = Promotion.objects.get(key="may")
    dear = {"kind": "items-total-at-least", "amount": "50"}
    abroad = {"kind": "not", "condition": {"kind": "goes-to", "countries": ["FR", "DE"]}}
    mugs = {"most": "20.00", "only": {"products": ["classic-mug"]}}
    assert may.terms == {
        "conditions": [{"kind": "any-of", "conditions": [dear, abroad]}],
        "effects": [TENTH | mugs],
    }
    page = admin_client.get(f"{PROMOTIONS}{may.pk}/change/").text
    assert "10 % off everything of classic-mug, at most 20.00 EUR" in page
    assert "or unless it goes to FR or DE" in page


def test_shows_the_fields_of_a_choice_step_by_step(admin_client):
    lines = {"terms-then-0-kind": "buy-get", "_rows": "1"}
    page = admin_client.post(f"{PROMOTIONS}add/", form(**lines)).text
    assert 'name="terms-then-0-buy"' in page
    assert 'name="terms-then-1-kind"' in page
    assert "missing" not in page
    assert not Promotion.objects.exists()


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ({"terms-then-0-kind": "magic"}, "Choose from the list"),
        ({"terms-then-0-kind": ""}, "it needs an effect"),
        ({"terms-then-0-percent": ""}, "“per cent” is missing"),
        ({"terms-then-0-percent": "many"}, "“per cent” has to be a number"),
        ({"terms-then-0-percent": "101"}, "cannot be more than 100 per cent"),
        ({"terms-then-0-most": "5"}, "an amount needs one"),
        ({"terms-then-0-kind": "document", "terms-then-0-document": "{"}, "no JSON object"),
        ({"terms-if-0-kind": "during", "terms-if-0-period.since": "May"}, "a date and a time"),
        ({"terms-if-0-kind": "quantity-at-least", "terms-if-0-units": "0"}, "whole number from 1"),
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


def test_keeps_what_a_partner_wrote_that_no_line_can_say(admin_client):
    abroad = {"kind": "goes-to", "countries": ["DE"]}
    deep = {"kind": "not", "condition": {"kind": "any-of", "conditions": [abroad, abroad]}}
    sale = promote(conditions=[deep])
    page = admin_client.get(f"{PROMOTIONS}{sale.pk}/change/")
    assert "something else, as JSON" in page.text
    lines = {"terms-if-0-kind": "document", "terms-if-0-document": json.dumps(deep)}
    admin_client.post(f"{PROMOTIONS}{sale.pk}/change/", form(name="Late", **lines))
    sale.refresh_from_db()
    assert (sale.name, sale.terms["conditions"]) == ("Late", [deep])


def test_warns_of_what_leaves_a_promotion_nothing(admin_client):
    promote("big", name="Big sale", exclusive=True, priority=9)
    page = admin_client.post(f"{PROMOTIONS}add/", form(is_live="on"), follow=True)
    assert "It never applies: “Big sale”" in page.text


@pytest.mark.parametrize(
    "text", ["A\0B", "{" * 5_000, '{"kind": "buy-get", "buy": 2, "only": {"skus": ["\\ud800"]}}']
)
def test_refuses_what_the_database_cannot_keep(admin_client, text):
    document = {"terms-then-0-kind": "document", "terms-then-0-document": text}
    for lines in (document, {"terms-then-0-only.skus": "A\0"}):
        assert admin_client.post(f"{PROMOTIONS}add/", form(**lines)).status_code == 200
    assert not Promotion.objects.exists()


def test_shows_which_promotions_work_now(admin_client):
    now = clock.now()
    promote("draft", is_live=False)
    promote("works")
    promote("coming", since=now + timedelta(days=1))
    promote("past", until=now - timedelta(days=1))
    promote("spent", use_limit=0)
    page = admin_client.get(PROMOTIONS).text
    assert all(word in page for word in ("live now", "begins later", "over", "used up", "draft"))
    for state, name in {"live": "Works", "coming": "Coming", "over": "Past"}.items():
        shown = admin_client.get(PROMOTIONS, {"state": state}).context["cl"].result_list
        assert [each.name for each in shown] == [name]
    shown = admin_client.get(PROMOTIONS, {"state": "used-up"}).context["cl"].result_list
    assert [each.name for each in shown] == ["Spent"]


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
