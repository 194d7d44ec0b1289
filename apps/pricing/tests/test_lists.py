"""Price lists and catalogue promotions as they are kept: who pays what, and from when."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from apps.pricing.interface import (
    EVERYBODY,
    Audience,
    CartDraft,
    LineDraft,
    Price,
    UnknownPriceList,
    pricing,
)
from apps.pricing.models import CatalogPromotion, PriceList
from apps.pricing.models import Price as Row
from apps.pricing.tests import shelf
from commerce.money import Money

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("prices", "both_ways")]
NOON = datetime(2030, 5, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def eur(amount):
    return Money.of(amount, "EUR")


def pricelist(code, amounts, **words):
    """Keep a list with an amount for each SKU, or for each SKU and quantity."""
    PriceList.objects.create(code=code, name=code.title(), **words)
    entries = {key if isinstance(key, tuple) else (key, 1): each for key, each in amounts.items()}
    pricing.set_prices(
        prices=tuple(
            Price(sku, eur(amount), price_list=code, from_quantity=units)
            for (sku, units), amount in entries.items()
        )
    )


def promote(key="sale", **words):
    row = CatalogPromotion(key=key, name=key.title(), is_live=True, **words)
    row.full_clean()
    row.save()


def unit(sku="MUG", audience=EVERYBODY):
    return pricing.prices(skus=(sku,), currency="EUR", audience=audience)[sku]


def quoted(sku="MUG", units=1, **words):
    draft = CartDraft("EUR", (LineDraft(sku, units),), **words)
    return pricing.quote(cart=draft).lines[0].unit


def test_prices_are_made_for_channels_groups_and_customers():
    alice = uuid4()
    pricelist("app", {"MUG": "12"}, channels=["app"])
    pricelist("trade", {"MUG": "10"}, groups=["trade"])
    pricelist("alice", {"MUG": "9"}, customers=[alice])
    assert unit() == Price("MUG", eur("12.90"))
    assert unit(audience=Audience("app")) == Price("MUG", eur("12"), price_list="app")
    assert unit(audience=Audience("app", ("trade",))).unit == eur("10")
    assert unit(audience=Audience(groups=("trade",), customer=alice)).unit == eur("9")
    assert unit(audience=Audience(customer=uuid4())).unit == eur("12.90")
    assert quoted(channel="app", groups=("trade",)) == eur("10")
    assert quoted(customer=alice) == eur("9")


def test_carts_reach_prices_for_many_units():
    pricelist("many", {("MUG", 10): "11", ("MUG", 50): "9.50"})
    assert unit().unit == eur("12.90")
    assert [quoted(units=units) for units in (9, 10, 49, 50)] == [
        *(eur("12.90"), eur("11"), eur("11"), eur("9.50"))
    ]


def test_a_list_begins_and_ends_at_its_second_and_nobody_has_to_do_anything():
    pricelist("sale", {"MUG": "8"}, since=NOON, until=NOON + 2 * SECOND, priority=1)
    told = []
    for moment in (NOON - SECOND, NOON, NOON + SECOND, NOON + 2 * SECOND):
        with time_machine.travel(moment, tick=False):
            told.append((unit().unit, quoted()))
    assert told == [(eur(each),) * 2 for each in ("12.90", "8", "8", "12.90")]


def test_a_list_that_was_switched_off_prices_nothing():
    pricelist("sale", {"MUG": "8"}, active=False)
    assert unit().unit == quoted() == eur("12.90")


def test_the_highest_priority_decides_between_lists_for_the_same_people():
    pricelist("b", {"MUG": "8"}, priority=1)
    pricelist("a", {"MUG": "7"})
    assert unit().price_list == "b"


def test_what_is_only_on_a_list_for_others_is_not_sold():
    pricelist("trade", {"PAIR": "30"}, groups=["trade"])
    assert pricing.prices(skus=("PAIR",), currency="EUR") == {}
    assert unit("PAIR", Audience(groups=("trade",))).unit == eur("30")


def test_nothing_is_called_by_a_nul():
    assert list(pricing.prices(skus=("A\0B", "MUG"), currency="EUR")) == ["MUG"]


def test_prices_for_a_list_that_is_not_there_change_nothing():
    wrong = Price("MUG", eur("1"), price_list="none")
    with pytest.raises(UnknownPriceList) as refusal:
        pricing.set_prices(prices=(Price("MUG", eur("2")), wrong))
    assert refusal.value.price_list == "none"
    assert unit().unit == eur("12.90")


def test_a_price_is_kept_once_on_each_list():
    for of in (None, PriceList.objects.create(code="sale", name="Sale")):
        Row.objects.update_or_create(sku="MUG", currency="EUR", list=of, defaults={"minor": 1})
        with pytest.raises(IntegrityError), transaction.atomic():
            Row.objects.create(sku="MUG", currency="EUR", list=of, minor=2)


def test_a_list_with_prices_is_not_thrown_away():
    pricelist("sale", {"MUG": "8"})
    with pytest.raises(ProtectedError):
        PriceList.objects.get().delete()


def test_a_catalogue_promotion_reduces_what_it_means():
    shelf.shelve("BOWL", free=1, categories=("kitchen", "kitchen/bowls"))
    pricing.set_prices(prices=(Price("BOWL", eur("10")),))
    promote(percent=20, categories=["kitchen"])
    assert unit("BOWL") == Price("BOWL", eur("8"), before=eur("10"))
    assert unit() == Price("MUG", eur("12.90"))
    assert quoted("BOWL") == eur("8")


def test_promotions_work_one_after_the_other_and_never_below_the_minimum():
    pricing.set_prices(prices=(Price("MUG", eur("10"), minimum=eur("7.50")),))
    promote("first", percent=10, priority=2)
    promote("second", fixed_minor=100, currency="EUR")
    assert unit() == Price("MUG", eur("8"), before=eur("10"))
    promote("third", new_price_minor=100, currency="EUR", skus=["MUG"])
    assert unit().unit == eur("7.50")


def test_a_catalogue_promotion_runs_for_its_time_people_and_currency():
    pricing.set_prices(prices=(Price("MUG", Money.of("14", "USD")),))
    promote("hour", percent=50, since=NOON, until=NOON + SECOND)
    promote("trade", percent=10, groups=["trade"])
    promote("euro", fixed_minor=90, currency="EUR", channels=["app"])
    assert unit().unit == eur("12.90")
    assert unit(audience=Audience(groups=("trade",))).unit == eur("11.61")
    assert unit(audience=Audience("app")).unit == eur("12")
    for moment, price in ((NOON, "6.45"), (NOON + SECOND, "12.90")):
        with time_machine.travel(moment, tick=False):
            assert unit().unit == eur(price)


def test_prices_go_through_the_catalogue_only_while_a_promotion_runs(django_assert_num_queries):
    pricelist("sale", {"MUG": "8"})
    with django_assert_num_queries(3):  # catalogue promotions, prices, lists
        assert unit().unit == eur("8")
