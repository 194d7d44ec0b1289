"""Goods that are kept back, and goods that are sold before they are here."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from apps.stock import service
from apps.stock.interface import Availability, CountTooLow, GoodsMissing, OutOfStock, stock
from apps.stock.models import Level, Location
from apps.stock.tests.shelf import ask, commit, free, level, lines, reserve, tell

pytestmark = pytest.mark.usefixtures("both_ways", "shelf")


def sold_on(sku, location="main", **terms):
    Level.objects.filter(sku=sku, location=location).update(**terms)


def test_safety_stock_is_not_sold(alice):
    sold_on("MUG", safety=2)
    assert free("MUG") == 1
    with pytest.raises(OutOfStock):
        reserve(alice, MUG=2)
    reserve(alice, MUG=1)


def test_what_was_granted_stays_below_a_new_safety_stock(alice):
    reserve(alice, MUG=2)
    sold_on("MUG", safety=3)
    assert free("MUG") == 0
    reserve(alice, MUG=2)
    with pytest.raises(OutOfStock) as refusal:
        reserve(alice, MUG=3)
    assert refusal.value.shortages[0].available == 2


def test_sells_before_it_is_here_up_to_a_limit(alice, bob, order):
    sold_on("MUG", backorder=2, expected=date(2027, 1, 2))
    assert there("MUG") == Availability(5, later=2, expected=date(2027, 1, 2))
    reserve(alice, MUG=4)
    assert there("MUG") == Availability(1, later=1, expected=date(2027, 1, 2))
    commit(order, alice, MUG=4)
    with pytest.raises(OutOfStock):
        reserve(bob, MUG=2)
    reserve(bob, MUG=1)
    assert there("MUG") == Availability(0)


def test_what_is_not_here_yet_cannot_leave(alice, order):
    sold_on("TEE", backorder=5)
    commit(order, alice, TEE=3)
    with pytest.raises(GoodsMissing):
        stock.ship(order=order)
    service.receive(lines=lines(TEE=2), reference="delivery")
    stock.ship(order=order)
    assert level("TEE") == (0, 0, 0)


def test_goods_in_the_house_come_before_those_to_come(alice):
    Location.objects.create(code="lyon", name="Lyon", priority=1)
    stock.count(lines=lines(TEE=5), reference="lyon", location="lyon")
    sold_on("TEE", backorder=5)
    reserve(alice, TEE=2)
    assert ask("SELECT location, quantity FROM stock_hold") == [("lyon", 2)]


def test_what_was_sold_ahead_bounds_a_count(alice):
    sold_on("MUG", backorder=2)
    reserve(alice, MUG=5)
    stock.count(lines=lines(MUG=3), reference="same")
    with pytest.raises(CountTooLow):
        stock.count(lines=lines(MUG=2), reference="fewer")


def test_more_than_was_declared_cannot_be_promised():
    sold_on("MUG", backorder=2)
    with pytest.raises(IntegrityError, match="never_oversold"), transaction.atomic():
        tell("UPDATE stock_level SET held = 6 WHERE sku = 'MUG'")


def there(sku):
    return stock.available(skus=(sku,))[sku]
