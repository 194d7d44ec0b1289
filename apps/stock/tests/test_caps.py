"""Nobody holds everything: what a cart, a customer and a block of addresses may have."""

from datetime import timedelta
from uuid import uuid4

import pytest

from apps.stock.interface import (
    Buyer,
    Cap,
    Destination,
    HoldLimit,
    LapsedTooOften,
    OutOfStock,
    stock,
)
from apps.stock.models import Location, Terms
from apps.stock.service import line
from apps.stock.tests.shelf import TTL, ask, commit, held, lapse, lines, reserve, tell

pytestmark = pytest.mark.usefixtures("both_ways", "shelf")
HOUSE = Buyer(address="3f9c")


@pytest.fixture(autouse=True)
def _a_hundred_hats(shelf):
    stock.count(lines=lines(HAT=100), reference="hats")


def take(units, *, cart=None, buyer=HOUSE, sku="HAT", destination=None):
    cart = cart or uuid4()
    stock.reserve(
        cart=cart, lines=lines(**{sku: units}), ttl=TTL, destination=destination, buyer=buyer
    )
    return cart


def refused(cap, most, **more):
    with pytest.raises(HoldLimit) as refusal:
        take(1, **more)
    assert (refusal.value.sku, refusal.value.cap, refusal.value.most) == ("HAT", cap, most)


def until(cart):
    (hold,) = stock.holds(cart=cart)
    return hold.expires_at


def test_five_hundred_carts_hold_no_more_than_one_cap():
    granted = 0
    for _ in range(500):
        try:
            take(3)
            granted += 3
        except HoldLimit:
            pass
    assert granted == 9


def test_neighbours_share_a_cap_and_strangers_do_not():
    take(10)
    refused(Cap.ADDRESS, 10)
    take(10, buyer=Buyer(address="77aa"))
    take(10, buyer=Buyer())


def test_a_customer_has_one_cap_wherever_they_are():
    carol = uuid4()
    take(6, buyer=Buyer(carol, "at home"))
    take(4, buyer=Buyer(carol, "at work"))
    refused(Cap.CUSTOMER, 10, buyer=Buyer(carol, "on the way"))


def test_a_cart_may_change_what_it_holds_within_the_cap():
    cart = take(6)
    take(4)
    take(6, cart=cart)
    take(2, cart=cart)
    take(6, cart=cart)
    with pytest.raises(HoldLimit):
        take(7, cart=cart)
    assert held(cart) == {"HAT": 6}


def test_what_lapsed_or_was_released_counts_no_more():
    lapsed, released = take(5), take(5)
    lapse(lapsed)
    stock.release(cart=released)
    take(10)


def test_one_cart_alone_may_hold_what_a_cart_may():
    take(30)
    refused(Cap.ADDRESS, 10)


def test_of_plenty_neighbours_may_have_a_tenth():
    stock.count(lines=lines(HAT=400), reference="plenty")
    take(30)
    take(10)
    refused(Cap.ADDRESS, 40)


def test_terms_of_a_sku_come_before_the_shops():
    Terms.objects.create(sku="HAT", per_cart=4, per_customer=5, per_address=6)
    with pytest.raises(HoldLimit) as refusal:
        take(5)
    assert refusal.value.cap is Cap.CART
    take(4)
    take(2)
    refused(Cap.ADDRESS, 6)


def test_only_five_carts_of_neighbours_hold_what_is_in_great_demand():
    Terms.objects.create(sku="HAT", hot=True)
    carts = [take(1) for _ in range(5)]
    refused(Cap.CARTS, 5)
    take(2, cart=carts[0])


def test_what_is_in_great_demand_is_held_for_a_short_time():
    Terms.objects.create(sku="HAT", hot=True)
    for units in (1, 2):
        cart = take(units)
        assert ask("SELECT now() + interval '5 min'") == [(until(cart),)]


def test_a_refusal_changes_nothing_of_other_lines(alice):
    take(10)
    with pytest.raises(HoldLimit):
        stock.reserve(cart=alice, lines=lines(MUG=1, HAT=1), ttl=TTL, buyer=HOUSE)
    assert held(alice) == {}


def test_being_short_is_told_before_a_cap():
    take(10)
    with pytest.raises(OutOfStock):
        take(101)


def test_renewing_ends_after_twice_the_time(alice):
    reserve(alice, MUG=1)
    tell("UPDATE stock_hold SET since = now() - interval '20 min'")
    reserve(alice, MUG=2)
    assert ask("SELECT now() + interval '10 min'") == [(until(alice),)]


def test_the_checkout_lets_a_hold_last_longer_once(alice):
    reserve(alice, MUG=1)
    before = until(alice)
    for _ in range(2):
        stock.extend(cart=alice)
    assert until(alice) == before + timedelta(minutes=10)


def test_no_checkout_lets_a_hold_last_for_ever(alice):
    reserve(alice, MUG=1)
    tell("UPDATE stock_hold SET since = now() - interval '14 min'")
    stock.extend(cart=alice)
    assert ask("SELECT now() + interval '16 min'") == [(until(alice),)]


def test_what_lapsed_is_not_extended(alice):
    reserve(alice, MUG=1)
    lapse(alice)
    stock.extend(cart=alice)
    assert [hold.lapsed for hold in stock.holds(cart=alice)] == [True]


def test_who_lets_it_lapse_three_times_waits_an_hour(alice):
    for ago in (3, 2, 1):
        reserve(alice, MUG=1)
        lapse(alice, ago=timedelta(seconds=ago))
    for _ in range(2):
        with pytest.raises(LapsedTooOften) as refusal:
            reserve(alice, MUG=1)
    last = ask("SELECT max(expires_at) FROM stock_hold WHERE cart = %s", alice)[0][0]
    assert refusal.value.until == last + timedelta(hours=1)
    reserve(alice, TEE=1)


def test_it_counts_too_when_others_took_what_lapsed(alice, bob):
    for ago in (3, 2, 1):
        reserve(alice, MUG=3)
        lapse(alice, ago=timedelta(seconds=ago))
        reserve(bob, MUG=3)
        stock.release(cart=bob)
    with pytest.raises(LapsedTooOften):
        reserve(alice, MUG=1)
    tell("UPDATE stock_lapse SET last_at = last_at - interval '1 hour'")
    reserve(alice, MUG=1)


def test_what_is_taken_at_order_is_not_held(alice, bob, order):
    Terms.objects.create(sku="MUG", at_order=True)
    for units in (3, 2):
        assert reserve(alice, MUG=units).holds == ()
    with pytest.raises(OutOfStock):
        reserve(bob, MUG=4)
    assert [hold.sku for hold in reserve(bob, MUG=1, TEE=1).holds] == ["TEE"]
    commit(order, alice, MUG=3)
    with pytest.raises(OutOfStock):
        reserve(bob, MUG=1)


def crowd(carts, units=10):
    """Have carts from as many networks take units; list what each of them got."""
    return [held(take(units, buyer=Buyer(address=f"network {n}"))).get("HAT") for n in range(carts)]


def test_strangers_hold_half_and_order_the_other_half(order):
    assert crowd(7) == [10] * 5 + [None] * 2
    commit(order, uuid4(), HAT=50)
    assert ask("SELECT on_hand, held, allocated FROM stock_level WHERE sku = 'HAT'") == [
        (100, 50, 50)
    ]


def test_a_crowd_keeps_out_nobody_who_is_known():
    crowd(5)
    assert held(take(10, buyer=Buyer(uuid4(), "at home"))) == {"HAT": 10}
    assert held(take(10, buyer=Buyer())) == {"HAT": 10}


def test_who_holds_some_gets_no_more_in_a_crowd():
    cart = take(8, buyer=Buyer(address="first"))
    crowd(4)
    take(10, cart=cart, buyer=Buyer(address="first"))
    with pytest.raises(HoldLimit) as refusal:
        take(11, cart=cart, buyer=Buyer(address="first"))
    assert (refusal.value.cap, refusal.value.most) == (Cap.CART, 10)
    take(9, cart=cart, buyer=Buyer(address="first"))


def test_what_a_crowd_let_lapse_is_held_anew():
    crowd(5)
    tell("UPDATE stock_hold SET expires_at = now() - interval '1 s'")
    assert crowd(6) == [10] * 5 + [None]


def test_strangers_hold_all_of_a_few():
    stock.count(lines=lines(HAT=10), reference="few")
    assert crowd(10, units=1) == [1] * 10


def test_strangers_hold_all_of_what_is_in_a_sale():
    line.announce("Launch", ("HAT",), timedelta(hours=-1), 100)
    tell("UPDATE stock_sale SET lined = false")
    assert crowd(10) == [10] * 10


def test_a_crowd_counts_at_all_locations(order):
    Location.objects.create(code="annex", name="Annex")
    stock.count(lines=lines(HAT=60), reference="annex", location="annex")
    assert crowd(9) == [10] * 8 + [None]


def test_a_crowd_of_many_countries_holds_half_of_the_whole(settings):
    settings.STOCK_SOURCING = "apps.stock.domain.sourcing.nearest"
    Location.objects.create(code="lyon", name="Lyon", country="FR")
    Location.objects.create(code="wien", name="Wien", country="AT")
    for code in ("main", "lyon", "wien"):
        stock.count(lines=lines(HAT=20), reference=code, location=code)
    for country in ("FR",) * 8 + ("AT",) * 8 + ("DE",) * 8:
        take(5, buyer=Buyer(address=uuid4().hex), destination=Destination(country))
    assert ask("SELECT sum(held) FROM stock_level WHERE sku = 'HAT'") == [(30,)]


def test_what_lies_where_nothing_sells_lets_no_crowd_hold_more():
    Location.objects.create(code="attic", name="Attic", enabled=False)
    stock.count(lines=lines(HAT=100), reference="attic", location="attic")
    assert crowd(7) == [10] * 5 + [None] * 2
