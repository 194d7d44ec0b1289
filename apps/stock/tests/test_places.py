"""Goods lie at several places, and are sold as if they lay at one."""

import pytest
from django.db import IntegrityError, transaction

from apps.stock.interface import UnknownLocation, stock
from apps.stock.models import Location
from apps.stock.tests.shelf import ask, free, lines

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
