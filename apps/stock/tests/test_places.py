"""Goods lie at several places, and are sold as if they lay at one."""

import pytest
from django.db import IntegrityError, transaction

from apps.stock.interface import (
    Destination,
    OutOfStock,
    Shortage,
    UnknownLocation,
    stock,
)
from apps.stock.models import Location
from apps.stock.service import places
from apps.stock.tests.shelf import TTL, ask, commit, free, lapse, lines, reserve

pytestmark = pytest.mark.usefixtures("shelf")


@pytest.fixture
def lyon(db):
    return Location.objects.create(code="lyon", name="Lyon", country="FR", priority=1)


def test_every_shop_begins_with_one_place():
    assert list(Location.objects.values_list("code", flat=True)) == ["main"]


@pytest.mark.usefixtures("both_ways", "lyon")
def test_what_is_free_is_the_sum_of_all_places():
    assert stock.count(lines=lines(MUG=4), reference="monday", location="lyon") == 1
    assert free("MUG") == 7


def test_a_place_that_does_not_sell_has_nothing_free(lyon):
    stock.count(lines=lines(MUG=4), reference="monday", location="lyon")
    Location.objects.filter(code=lyon.code).update(enabled=False)
    assert free("MUG") == 3


@pytest.mark.usefixtures("both_ways")
def test_nothing_lies_where_no_place_is():
    with pytest.raises(UnknownLocation, match="atlantis"):
        stock.count(lines=lines(MUG=4), reference="monday", location="atlantis")
    assert ask("SELECT 1 FROM stock_level WHERE location = 'atlantis'") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"latitude": 91, "longitude": 0},
        {"latitude": 45},
        {"kind": "vendor"},
        {"kind": "own", "vendor": "ACME"},
    ],
)
def test_a_place_is_on_earth_and_somebodys(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Location.objects.create(code="nowhere", name="Nowhere", **wrong)


@pytest.fixture
def two(lyon):
    """Three mugs and a shirt in the main house, four mugs and two hats in Lyon."""
    stock.count(lines=lines(MUG=4, HAT=2), reference="monday", location=lyon.code)


def where(cart):
    """What a cart holds, by location."""
    sql = "SELECT sku, location, quantity FROM stock_hold WHERE cart = %s ORDER BY sku, location"
    return ask(sql, cart)


@pytest.mark.usefixtures("two")
def test_takes_from_the_first_place_that_has_all(alice, bob):
    reserve(alice, MUG=3)
    reserve(bob, MUG=4)
    assert where(alice) == [("MUG", "main", 3)]
    assert where(bob) == [("MUG", "lyon", 4)]


@pytest.mark.usefixtures("two")
def test_divides_a_line_no_place_has_all_of(alice, order):
    assert [hold.quantity for hold in reserve(alice, MUG=6).holds] == [6]
    assert where(alice) == [("MUG", "lyon", 3), ("MUG", "main", 3)]
    commit(order, alice, MUG=6)
    sql = "SELECT location, quantity FROM stock_allocation ORDER BY location"
    assert ask(sql) == [("lyon", 3), ("main", 3)]
    assert (where(alice), free("MUG")) == ([], 1)


@pytest.mark.usefixtures("two")
def test_says_how_many_there_are_everywhere(alice):
    with pytest.raises(OutOfStock) as refusal:
        reserve(alice, MUG=8)
    assert refusal.value.shortages == (Shortage("MUG", wanted=8, available=7),)


@pytest.mark.usefixtures("two")
def test_takes_what_lapsed_somewhere_before_refusing(alice, bob):
    reserve(alice, MUG=7)
    lapse(alice)
    reserve(bob, MUG=5)
    assert where(bob) == [("MUG", "lyon", 2), ("MUG", "main", 3)]


@pytest.mark.usefixtures("two")
def test_a_divided_hold_is_given_back_everywhere(alice):
    reserve(alice, MUG=6)
    stock.release(cart=alice)
    assert (where(alice), free("MUG")) == ([], 7)


@pytest.mark.usefixtures("two")
def test_a_place_that_stops_selling_keeps_its_promises(alice, bob):
    reserve(alice, MUG=6)
    close("lyon")
    assert [hold.quantity for hold in reserve(alice, MUG=6).holds] == [6]
    with pytest.raises(OutOfStock):
        reserve(bob, MUG=1)


@pytest.mark.usefixtures("two")
def test_goods_move_to_a_place_that_sells(alice, bob):
    reserve(bob, MUG=3)
    reserve(alice, MUG=3)
    stock.release(cart=bob)
    close("lyon")
    reserve(alice, MUG=3)
    assert where(alice) == [("MUG", "main", 3)]


@pytest.mark.usefixtures("two")
def test_takes_from_where_it_is_near(alice, bob, order, settings):
    settings.STOCK_SOURCING = "apps.stock.domain.sourcing.nearest"
    near = {"ttl": TTL, "destination": Destination("FR")}
    stock.reserve(cart=alice, lines=lines(MUG=1), **near)
    assert where(alice) == [("MUG", "lyon", 1)]
    stock.commit(order=order, cart=bob, lines=lines(MUG=1), destination=Destination("FR"))
    assert ask("SELECT location FROM stock_allocation") == [("lyon",)]


@pytest.mark.usefixtures("two")
def test_sends_in_one_parcel_if_it_can(alice, settings):
    settings.STOCK_SOURCING = "apps.stock.domain.sourcing.fewest_parcels"
    reserve(alice, MUG=1, HAT=1)
    assert where(alice) == [("HAT", "lyon", 1), ("MUG", "lyon", 1)]


@pytest.mark.usefixtures("two")
def test_several_places_are_one_statement_too(alice, django_assert_num_queries):
    places.selling()
    with django_assert_num_queries(1):
        reserve(alice, MUG=4)


def close(code):
    Location.objects.filter(code=code).update(enabled=False)
    places.forget()
