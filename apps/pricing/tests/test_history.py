"""What prices were, and what a reduction has to say about it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from apps.pricing.domain.history import Step, lowest_before
from apps.pricing.interface import Price, pricing
from apps.pricing.models import CatalogPromotion, ExchangeRate, PriceChange, PriceList
from apps.pricing.models import Price as Row
from apps.pricing.service import history
from apps.pricing.service.live import offers
from commerce import clock
from commerce.money import Money

DAY = timedelta(days=1)
NOON = datetime(2030, 5, 1, 12, tzinfo=UTC)


def eur(amount):
    return Money.of(amount, "EUR")


def steps(*told):
    """Steps so many days before noon."""
    return [Step(NOON - days * DAY, price) for days, price in told]


@pytest.mark.parametrize(
    ("told", "lowest"),
    [
        ([], None),
        ([(5, 900)], None),
        ([(90, 1000), (0, 800)], 1000),
        ([(90, 700), (31, 1000), (0, 800)], 1000),
        ([(90, 700), (29, 1000), (0, 800)], 700),
        ([(90, 1000), (20, 600), (10, 1000), (0, 800)], 600),
        ([(90, 1000), (20, 600), (10, None), (0, 800)], 600),
        ([(90, 1000), (20, 800), (10, 800), (0, 800)], 1000),
        ([(90, None), (0, 800)], None),
    ],
)
def test_the_lowest_of_the_thirty_days_before_the_present_price_counts(told, lowest):
    assert lowest_before(steps(*told)) == lowest


@pytest.mark.django_db
def test_the_database_writes_down_every_change(prices):
    pricing.set_prices(prices=(Price("MUG", eur("11")), Price("MUG", eur("9"), from_quantity=5)))
    Row.objects.filter(sku="MUG", from_quantity=1).delete()
    changes = PriceChange.objects.filter(sku="MUG").order_by("id")
    assert [change.minor for change in changes] == [1290, 1100, None]


@pytest.mark.django_db
@pytest.mark.usefixtures("prices", "both_ways")
class TestReductions:
    @pytest.fixture(autouse=True)
    def long_ago(self, prices):
        """Let the prices have stood for a while."""
        self.was(100, 1290)

    def was(self, days, minor, sku="MUG", list_id=None):
        changed = {"sku": sku, "currency": "EUR", "list_id": list_id, "minor": minor}
        if days == 100:
            PriceChange.objects.filter(sku=sku).delete()
        PriceChange.objects.create(at=clock.now() - days * DAY, **changed)

    def lowest(self):
        (mug,) = offers(("MUG",), "EUR")
        return mug.lowest

    def test_a_full_price_says_nothing(self):
        assert self.lowest() is None

    def test_a_reduced_price_says_what_was_lowest_before(self):
        self.was(10, 1100)
        self.was(5, 1290)
        pricing.set_prices(prices=(Price("MUG", eur("10"), before=eur("12.90")),))
        assert self.lowest() == eur("11")

    def test_a_promotion_that_begins_by_itself_says_it_too(self):
        now = clock.now()
        CatalogPromotion.objects.create(
            key="sale", name="Sale", is_live=True, percent=50, since=now - DAY
        )
        assert self.lowest() == eur("12.90")

    def test_what_a_list_and_an_earlier_promotion_charged_counts(self):
        now = clock.now()
        CatalogPromotion.objects.create(
            key="a", name="A", is_live=True, percent=30, since=now - 20 * DAY, until=now - 15 * DAY
        )
        CatalogPromotion.objects.create(
            key="b", name="B", is_live=True, percent=10, since=now - DAY
        )
        assert self.lowest() == eur("9.03")
        other = PriceList.objects.create(
            code="x", name="X", since=now - 12 * DAY, until=now - 9 * DAY
        )
        self.was(30, 800, list_id=other.pk)
        pricing.set_prices(prices=(Price("MUG", eur("12.89")),))
        assert self.lowest() == eur("8")

    def test_a_converted_price_says_it_at_the_rates_of_then(self):
        now = clock.now()
        for days, rate in ((90, "1.2"), (12, "1.1"), (8, "1.3"), (0.5, "1.5"), (-1, "0.1")):
            since = now - days * DAY
            ExchangeRate.objects.create(currency="USD", base="EUR", rate=rate, since=since)
        (mug,) = offers(("MUG",), "USD")
        assert (mug.price.unit, mug.lowest) == (Money(1935, "USD"), None)
        CatalogPromotion.objects.create(
            key="sale", name="Sale", is_live=True, percent=50, since=now - DAY
        )
        (mug,) = offers(("MUG",), "USD")
        assert (mug.price.unit, mug.lowest) == (Money(968, "USD"), Money(1419, "USD"))
        assert self.lowest() == eur("12.90")

    def test_a_rate_alone_reduces_nothing(self):
        now = clock.now()
        for days, rate in ((90, "1.2"), (3, "1.1")):
            since = now - days * DAY
            ExchangeRate.objects.create(currency="USD", base="EUR", rate=rate, since=since)
        pricing.set_prices(prices=(Price("MUG", eur("12.90"), before=eur("15")),))
        (mug,) = offers(("MUG",), "USD")
        assert (mug.price.before, mug.lowest) == (Money(1650, "USD"), None)

    def test_a_price_of_its_own_counted_while_there_was_one(self):
        now = clock.now()
        ExchangeRate.objects.create(currency="USD", base="EUR", rate="1.2", since=now - 90 * DAY)
        dollars = {"sku": "MUG", "currency": "USD", "list_id": None}
        for days, minor in ((20, 1300), (10, None)):
            PriceChange.objects.create(at=now - days * DAY, minor=minor, **dollars)
        CatalogPromotion.objects.create(
            key="sale", name="Sale", is_live=True, percent=50, since=now - DAY
        )
        (mug,) = offers(("MUG",), "USD")
        assert (mug.price.unit, mug.lowest) == (Money(774, "USD"), Money(1300, "USD"))

    def test_the_page_and_the_api_say_it(self):
        CatalogPromotion.objects.create(
            key="sale", name="Sale", is_live=True, percent=50, since=clock.now() - DAY
        )
        page = Client().get("/fr/live/MUG").text
        assert "Prix le plus bas des 30 jours précédents" in page
        assert "12,90" in page

    def test_what_nobody_asks_for_any_more_is_forgotten(self):
        self.was(99, 1000)
        self.was(95, 1100)
        with time_machine.travel(clock.now()):
            assert history.forget() == 2
        assert self.lowest() is None
        minors = PriceChange.objects.filter(sku="MUG").values_list("minor", flat=True)
        assert list(minors) == [1100]
