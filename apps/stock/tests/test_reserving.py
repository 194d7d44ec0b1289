from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from apps.stock.domain import MOST, MOST_LINES
from apps.stock.interface import (
    Availability,
    BadQuantity,
    HoldTooLong,
    Line,
    OutOfStock,
    Policy,
    Reservation,
    Shortage,
    TooManyLines,
    stock,
)
from apps.stock.service import places
from apps.stock.tests.shelf import TTL, ask, free, held, lapse, level, reserve, tell

pytestmark = pytest.mark.usefixtures("both_ways", "shelf")


def test_keeps_one_line_aside(alice):
    reservation = reserve(alice, MUG=2)
    assert isinstance(reservation, Reservation)
    assert [(hold.sku, hold.quantity) for hold in reservation.holds] == [("MUG", 2)]
    assert (level("MUG"), free("MUG")) == ((3, 2, 0), 1)


def test_keeps_several_lines_aside(alice):
    reservation = reserve(alice, TEE=1, MUG=2)
    assert {hold.sku: hold.quantity for hold in reservation.holds} == {"MUG": 2, "TEE": 1}
    assert held(alice) == {"MUG": 2, "TEE": 1}


def test_holds_until_the_ttl_is_over(alice):
    (hold,) = reserve(alice, MUG=1).holds
    assert ask("SELECT now() + %s", TTL) == [(hold.expires_at,)]


def test_hands_over_what_a_cart_holds(alice, bob):
    reserve(alice, MUG=2, TEE=1)
    reserve(bob, MUG=1)
    for _ in range(2):
        stock.hand_over(cart=alice, to=bob)
    assert (held(alice), held(bob)) == ({}, {"MUG": 3, "TEE": 1})
    stock.hand_over(cart=bob, to=bob)
    assert held(bob) == {"MUG": 3, "TEE": 1}


def test_no_hold_gets_younger_by_going_from_cart_to_cart(alice, bob):
    reserve(alice, MUG=1)
    tell("UPDATE stock_hold SET since = now() - interval '20 minutes', extended = true")
    reserve(bob, MUG=1)
    stock.hand_over(cart=alice, to=bob)
    query = "SELECT quantity, extended, since < now() - interval '19 minutes' FROM stock_hold"
    assert ask(query) == [(2, True, True)]


def test_reserves_nothing_when_one_line_is_short(alice):
    with pytest.raises(OutOfStock) as refusal:
        reserve(alice, MUG=2, TEE=2)
    assert refusal.value.shortages == (Shortage("TEE", wanted=2, available=1),)
    assert (held(alice), free("MUG")) == ({}, 3)


def test_tells_every_shortage(alice):
    with pytest.raises(OutOfStock) as refusal:
        reserve(alice, MUG=9, TEE=2, HAT=1)
    assert refusal.value.shortages == (
        Shortage("HAT", 1, 0),
        Shortage("MUG", 9, 3),
        Shortage("TEE", 2, 1),
    )


def test_what_a_cart_holds_is_available_to_it(alice, bob):
    reserve(alice, MUG=1)
    reserve(bob, MUG=1)
    with pytest.raises(OutOfStock) as refusal:
        reserve(alice, MUG=3)
    assert refusal.value.shortages == (Shortage("MUG", wanted=3, available=2),)
    assert held(alice) == {"MUG": 1}


def test_an_unknown_sku_has_no_units(alice):
    assert stock.available(skus=("HAT",)) == {"HAT": Availability(0)}
    with pytest.raises(OutOfStock):
        reserve(alice, HAT=1)


def test_repeating_changes_nothing(alice):
    for _ in range(3):
        reserve(alice, MUG=2)
    assert (held(alice), free("MUG")) == ({"MUG": 2}, 1)


def test_takes_only_the_difference(alice):
    reserve(alice, MUG=1)
    reserve(alice, MUG=3)
    assert (held(alice), level("MUG")) == ({"MUG": 3}, (3, 3, 0))
    reserve(alice, MUG=2)
    assert (held(alice), level("MUG")) == ({"MUG": 2}, (3, 2, 0))


def test_takes_the_difference_even_when_all_could_be_had(alice):
    reserve(alice, MUG=1)
    reserve(alice, MUG=2)
    assert level("MUG") == (3, 2, 0)


def test_quantity_zero_lets_go(alice):
    reserve(alice, MUG=2, TEE=1)
    assert reserve(alice, MUG=0).holds == ()
    assert held(alice) == {"TEE": 1}


def test_letting_one_go_for_another_is_one_step(alice, bob):
    reserve(alice, MUG=2)
    reserve(bob, TEE=1)
    with pytest.raises(OutOfStock):
        reserve(alice, MUG=0, TEE=1)
    assert held(alice) == {"MUG": 2}


def test_the_same_sku_twice_is_added_up(alice):
    stock.reserve(cart=alice, lines=(Line("MUG", 1), Line("MUG", 2)), ttl=TTL)
    assert held(alice) == {"MUG": 3}


def test_repeating_never_shortens_a_hold(alice):
    (before,) = reserve(alice, MUG=1).holds
    (after,) = stock.reserve(cart=alice, lines=(Line("MUG", 1),), ttl=timedelta(minutes=1)).holds
    assert after.expires_at == before.expires_at


def test_nothing_is_reserved_for_no_lines(alice):
    assert stock.reserve(cart=alice, lines=(), ttl=TTL) == Reservation(alice, ())


@pytest.mark.parametrize("quantity", [-1, 2**31])
def test_impossible_quantities_are_refused(alice, quantity):
    with pytest.raises(BadQuantity, match="MUG"):
        reserve(alice, MUG=quantity)
    assert held(alice) == {}


@pytest.mark.parametrize("quantity", [1.5, "1", None, 10**30, float("nan")])
def test_what_is_no_quantity_never_arrives(alice, quantity):
    with pytest.raises((BadQuantity, ValueError, OverflowError)):
        reserve(alice, MUG=quantity)
    assert held(alice) == {}


def test_sums_that_no_shelf_can_bear_are_refused(alice):
    with pytest.raises(BadQuantity):
        stock.reserve(cart=alice, lines=(Line("MUG", MOST),) * 3, ttl=TTL)


def test_ten_thousand_lines_are_refused(alice):
    many = tuple(Line(f"SKU-{number}", 1) for number in range(10_000))
    with pytest.raises(TooManyLines) as refusal:
        stock.reserve(cart=alice, lines=many, ttl=TTL)
    assert refusal.value.most == MOST_LINES


def test_nothing_is_kept_aside_for_longer_than_the_shop_says(alice):
    with pytest.raises(HoldTooLong) as refusal:
        stock.reserve(cart=alice, lines=(Line("MUG", 1),), ttl=TTL + timedelta(seconds=1))
    assert (refusal.value.most, held(alice)) == (TTL, {})


def test_release_puts_everything_back(alice, bob):
    reserve(alice, MUG=2, TEE=1)
    reserve(bob, MUG=1)
    for _ in range(2):
        stock.release(cart=alice)
    assert (held(alice), held(bob)) == ({}, {"MUG": 1})
    assert (free("MUG"), free("TEE")) == (2, 1)


def test_uncounted_skus_need_no_hold(alice):
    assert stock.set_policy(skus=("SONG",), policy=Policy.UNTRACKED) == 1
    assert stock.set_policy(skus=("SONG",), policy=Policy.UNTRACKED) == 0
    assert not stock.available(skus=("SONG",))["SONG"].tracked
    assert [hold.sku for hold in reserve(alice, SONG=500, MUG=1).holds] == ["MUG"]
    assert reserve(alice, SONG=500).holds == ()


def test_a_lapsed_hold_is_for_sale_again_at_once(alice, bob):
    reserve(alice, MUG=3)
    lapse(alice)
    assert free("MUG") == 3
    reserve(bob, MUG=1)
    assert held(bob) == {"MUG": 1}


def test_a_lapsed_hold_is_taken_among_several_lines(alice, bob):
    reserve(alice, MUG=3)
    lapse(alice)
    reserve(bob, MUG=2, TEE=1)
    assert (held(alice), held(bob)) == ({}, {"MUG": 2, "TEE": 1})


def test_only_as_many_lapsed_holds_are_taken_as_are_needed(alice, bob):
    carol = uuid4()
    reserve(alice, MUG=1)
    reserve(bob, MUG=1)
    lapse(alice, ago=timedelta(minutes=2))
    lapse(bob, ago=timedelta(minutes=1))
    reserve(carol, MUG=2)
    assert (held(alice), held(bob), held(carol)) == ({}, {"MUG": 1}, {"MUG": 2})


def test_who_gets_nothing_takes_no_lapsed_hold(alice, bob):
    reserve(alice, MUG=3)
    lapse(alice)
    with pytest.raises(OutOfStock) as refusal:
        reserve(bob, MUG=3, TEE=2)
    assert refusal.value.shortages == (Shortage("TEE", wanted=2, available=1),)
    assert held(alice) == {"MUG": 3}


def test_a_live_hold_is_never_taken(alice, bob):
    reserve(alice, MUG=3)
    with pytest.raises(OutOfStock):
        reserve(bob, MUG=1)
    assert held(alice) == {"MUG": 3}


def test_a_lapsed_hold_nobody_took_is_still_good_for_its_cart(alice):
    reserve(alice, MUG=3)
    lapse(alice)
    assert [hold.lapsed for hold in stock.holds(cart=alice)] == [True]
    reserve(alice, MUG=3)
    assert [hold.lapsed for hold in stock.holds(cart=alice)] == [False]
    assert level("MUG") == (3, 3, 0)


def test_a_cart_does_not_reclaim_its_own_lapsed_hold(alice, bob):
    reserve(alice, MUG=1)
    reserve(bob, MUG=2)
    lapse(alice)
    with pytest.raises(OutOfStock) as refusal:
        reserve(alice, MUG=2)
    assert refusal.value.shortages[0].available == 1
    assert held(alice) == {"MUG": 1}


@pytest.mark.parametrize("wish", [{"MUG": 1}, {"MUG": 9}, {"MUG": 2, "TEE": 1}])
def test_a_reservation_is_one_statement(alice, wish, django_assert_num_queries):
    places.selling()  # asked once in a few seconds
    with django_assert_num_queries(1):
        try:
            reserve(alice, **wish)
        except OutOfStock:
            assert wish["MUG"] == 9


def test_refuses_calls_inside_a_transaction(alice):
    with transaction.atomic(), pytest.raises(RuntimeError, match="inside a transaction"):
        reserve(alice, MUG=1)
