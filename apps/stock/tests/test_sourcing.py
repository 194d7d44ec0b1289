"""Strategies by themselves: no shelf, no database."""

from decimal import Decimal

import pytest

from apps.stock.domain.sourcing import Place, fewest_parcels, kilometres, nearest, priority
from apps.stock.interface import Destination

PARIS = Place("paris", "FR", 48.86, 2.35)
LYON = Place("lyon", "FR", 45.76, 4.84)
BERLIN = Place("berlin", "DE", 52.52, 13.40)
SOMEWHERE = Place("somewhere")
PLACES = (SOMEWHERE, BERLIN, LYON, PARIS)
MARSEILLE = Destination("FR", Decimal("43.30"), Decimal("5.37"))


def unasked():
    raise AssertionError("this strategy needs no look at the shelves")


def parcels(shelves, **wanted):
    return fewest_parcels((PARIS, LYON, BERLIN), None, wanted, lambda: shelves)


@pytest.mark.parametrize("destination", [None, MARSEILLE])
def test_priority_is_the_merchants_order(destination):
    ranked = priority(PLACES, destination, {"MUG": 1}, unasked)
    assert ranked == ("somewhere", "berlin", "lyon", "paris")


def test_the_nearest_comes_first_and_the_unknown_last():
    ranked = nearest(PLACES, MARSEILLE, {"MUG": 1}, unasked)
    assert ranked == ("lyon", "paris", "berlin", "somewhere")


def test_without_coordinates_the_same_country_is_near():
    ranked = nearest(PLACES, Destination("DE"), {"MUG": 1}, unasked)
    assert ranked == ("berlin", "somewhere", "lyon", "paris")


def test_nowhere_is_as_near_as_anywhere():
    assert nearest(PLACES, None, {"MUG": 1}, unasked) == priority(PLACES, None, {}, unasked)


def test_distance_is_along_the_globe():
    assert kilometres(PARIS, MARSEILLE) == pytest.approx(661, abs=5)
    assert kilometres(Place("x", "", 0.0, 179.0), Destination("", Decimal(0), Decimal(-179))) < 223


def test_one_parcel_is_better_than_two():
    shelves = {"paris": {"MUG": 9}, "lyon": {"TEE": 9}, "berlin": {"MUG": 1, "TEE": 1}}
    assert parcels(shelves, MUG=1, TEE=1) == ("berlin", "paris", "lyon")


def test_two_parcels_are_better_than_three():
    shelves = {"paris": {"MUG": 1}, "lyon": {"MUG": 1, "TEE": 1}, "berlin": {"MUG": 1, "HAT": 1}}
    assert parcels(shelves, MUG=2, TEE=1, HAT=1) == ("lyon", "berlin", "paris")


def test_among_equals_the_better_placed_sends():
    shelves = {"lyon": {"MUG": 1}, "berlin": {"MUG": 1}}
    assert parcels(shelves, MUG=1) == ("lyon", "paris", "berlin")


def test_what_nobody_has_changes_no_order():
    assert parcels({}, MUG=1) == ("paris", "lyon", "berlin")


def test_a_single_place_is_not_looked_at():
    assert fewest_parcels((PARIS,), None, {"MUG": 1}, unasked) == ("paris",)
