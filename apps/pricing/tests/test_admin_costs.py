from datetime import timedelta

import pytest

from apps.pricing.models import PromotionUse
from apps.pricing.service import costs
from apps.pricing.tests.offers import promote
from commerce import clock, ids
from commerce.money import Money

pytestmark = pytest.mark.django_db
COSTS = "/admin/pricing/promotion/costs/"


def give(promotion, *minors, currency="EUR", days_ago=0):
    for minor in minors:
        PromotionUse.objects.create(
            order=ids.new(),
            promotion=promotion,
            minor=minor,
            currency=currency,
            at=clock.now() - timedelta(days=days_ago),
        )


def test_adds_up_what_each_promotion_gave(admin_client):
    spring, summer = promote("spring"), promote("summer")
    give(spring, 100, 250)
    give(summer, 1_000)
    give(summer, 999, currency="USD")
    give(spring, 5_000, days_ago=40)
    page = admin_client.get(COSTS)
    told = page.context["rows"]
    assert [(row["name"], row["given"], row["orders"], row["share"]) for row in told] == [
        ("Summer", "10.00 EUR", 1, 100),
        ("Spring", "3.50 EUR", 2, 35),
        ("Summer", "9.99 USD", 1, 100),
    ]
    assert page.context["sums"] == ["13.50 EUR", "9.99 USD"]
    assert "53.50 EUR" in admin_client.get(COSTS, {"days": "90"}).text
    assert admin_client.get(COSTS, {"days": "NaN"}).context["days"] == 30


def test_tells_a_promotion_day_by_day(admin_client):
    sale = promote()
    give(sale, 100, 250)
    give(sale, 50, days_ago=3)
    page = admin_client.get(f"/admin/pricing/promotion/{sale.pk}/costs-of/", {"days": "7"})
    (chart,) = page.context["charts"]
    assert chart["title"] == "4.00 EUR in 3 orders"
    assert [bar.day.value for bar in chart["bars"]] == [0, 0, 0, 50, 0, 0, 350]
    assert "3.50 EUR in 2 orders" in page.text


def test_says_that_nothing_was_given(admin_client):
    assert "No promotion gave anything" in admin_client.get(COSTS).text
    page = admin_client.get(f"/admin/pricing/promotion/{promote().pk}/costs-of/")
    assert "It gave nothing" in page.text


def test_downloads_a_sheet_that_is_no_formula(admin_client):
    give(promote("evil", name="=1+1"), 100)
    answer = admin_client.get(COSTS, {"format": "csv"})
    sheet = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert sheet.splitlines()[1] == "evil,'=1+1,1,1.00,EUR"


def test_counts_each_use_at_its_moment():
    sale = promote()
    PromotionUse.objects.create(order=ids.new(), promotion=sale, minor=5, currency="EUR")
    (cost,) = costs.since(clock.now() - timedelta(minutes=5))
    assert (cost.given, cost.orders) == (Money(5, "EUR"), 1)
