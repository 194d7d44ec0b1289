"""Price lists and catalogue promotions: which price is on the shelf."""

from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest

from apps.pricing.domain.amounts import BadAmount, Currency, UnknownCurrency
from apps.pricing.domain.cart import BadLine, Customer, Line
from apps.pricing.domain.engine import price, shelf_of
from apps.pricing.domain.goods import Good, RefersToItself, with_parents
from apps.pricing.domain.lists import ListPrice, PriceList
from apps.pricing.domain.period import EndsBeforeItStarts, Period
from apps.pricing.domain.shelf import CatalogPromotion
from apps.pricing.domain.shelving import NotPriced
from apps.pricing.domain.snapshot import SameKey
from apps.pricing.tests.stall import EUR, MUGS, NOW, cart, priced, pricelist, shop

ALICE = Customer("alice", frozenset({"wholesale"}))
SECOND = timedelta(seconds=1)


def unit(snapshot, quantity=1, **words):
    return shelf_of(cart(**words), snapshot, "MUG", quantity).price


def test_the_list_made_for_the_customer_goes_first():
    lists = (
        pricelist("all", {"MUG": 1}),
        pricelist("web", {"MUG": 2}, channels=frozenset({"web"})),
        pricelist("wholesale", {"MUG": 3}, groups=frozenset({"wholesale"})),
        pricelist("alice", {"MUG": 4}, customers=frozenset({"alice"})),
    )
    for some in permutations(lists):
        assert unit(shop(lists=some), customer=ALICE, channel="web") == 4
        assert unit(shop(lists=some), customer=Customer("bob"), channel="web") == 2
        assert unit(shop(lists=some)) == 1


def test_overlapping_lists_go_by_priority_then_by_start():
    old = pricelist("a", {"MUG": 1}, period=Period(since=NOW - 9 * SECOND))
    new = pricelist("b", {"MUG": 2}, period=Period(since=NOW - SECOND))
    high = pricelist("high", {"MUG": 3}, priority=1)
    assert unit(shop(lists=(old, new))) == unit(shop(lists=(new, old))) == 2
    assert unit(shop(lists=(old, high, new))) == 3


def test_a_list_switches_at_its_second():
    sale = pricelist("sale", {"MUG": 1}, priority=1, period=Period(NOW, NOW + SECOND))
    snapshot = shop(lists=(pricelist(), sale))
    moments = [NOW - SECOND, NOW, NOW + SECOND]
    assert [unit(snapshot, now=moment) for moment in moments] == [1290, 1, 1290]


def test_a_list_without_the_good_leaves_it_to_the_next():
    lists = (pricelist("few", {"TEE": 1}, priority=9), pricelist())
    assert unit(shop(lists=lists)) == 1290


def test_the_highest_quantity_reached_counts():
    tiers = (ListPrice(1290), ListPrice(1100, from_quantity=5), ListPrice(900, from_quantity=10))
    snapshot = shop(lists=(PriceList("tiers", {"MUG": tiers}),))
    assert [unit(snapshot, quantity) for quantity in (1, 5, 9, 10)] == [1290, 1100, 1100, 900]


def test_quantity_is_counted_over_all_lines():
    tiers = (ListPrice(1290), ListPrice(1100, from_quantity=5))
    snapshot = shop(lists=(PriceList("tiers", {"MUG": tiers}),))
    quote = price(cart(lines=(Line("MUG", 2), Line("MUG", 3))), snapshot)
    assert quote.grand == 5 * 1100


def test_refuses_a_good_without_a_price():
    with pytest.raises(NotPriced, match="LAMP"):
        priced(shop(), MUG=1, LAMP=1)


@pytest.mark.parametrize("change", [{"new_price": 9_999}, {"percent": Decimal(0)}, {}])
def test_a_reduction_that_reduces_nothing_is_none(change):
    snapshot = shop(reductions=(CatalogPromotion("sale", **change),))
    shelf = shelf_of(cart(), snapshot, "MUG")
    assert (shelf.price, shelf.reductions) == (1290, ())


def test_a_reduction_says_whose_it_is():
    sale = CatalogPromotion("sale", "Summer sale", percent=Decimal(10), only=MUGS)
    quote = priced(shop(reductions=(sale,)), MUG=2)
    assert quote.reasons() == (
        "everybody prices MUG at 25.80 EUR.",
        "Summer sale reduces MUG on the shelf by 2.58 EUR.",
    )


def test_a_price_changed_by_hand_is_charged_and_explained():
    quote = price(cart(lines=(Line("MUG", 2, price=1000),)), shop())
    assert quote.grand == 2000
    assert quote.reasons()[1] == "The price of MUG was changed by hand: -5.80 EUR."


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity", "1.001", "much"])
def test_refuses_what_is_no_amount(amount):
    with pytest.raises(BadAmount):
        EUR.steps(amount)


@pytest.mark.parametrize("amount", [-1, 1.5, Decimal(1), True])
def test_refuses_prices_that_are_no_whole_cents(amount):
    with pytest.raises(BadAmount):
        ListPrice(amount)


@pytest.mark.parametrize("percent", [Decimal(-1), Decimal("NaN"), Decimal(101), 10.0])
def test_refuses_what_is_no_per_cent(percent):
    with pytest.raises(BadAmount):
        CatalogPromotion("sale", percent=percent)


def test_refuses_an_unknown_currency():
    with pytest.raises(UnknownCurrency):
        Currency("XYZ")


def test_counts_in_the_decimals_of_a_currency():
    counted = [Currency("JPY").steps("12"), EUR.steps("12.90"), Currency("KWD").steps("1.234")]
    assert counted == [12, 1290, 1234]
    assert [Currency("CHF").cash, Currency("SEK").cash, EUR.cash] == [5, 100, 1]


def test_refuses_two_rules_with_one_key():
    with pytest.raises(SameKey, match="everybody"):
        shop(lists=(pricelist(), pricelist()))
    with pytest.raises(BadAmount):
        PriceList("twice", {"MUG": (ListPrice(1), ListPrice(2))})


def test_refuses_what_refers_to_itself():
    with pytest.raises(RefersToItself):
        Good("FEE", surcharge_on="FEE")
    with pytest.raises(RefersToItself):
        with_parents(frozenset({"a"}), {"a": "b", "b": "a"})


def test_refuses_a_period_that_ends_before_it_starts():
    with pytest.raises(EndsBeforeItStarts):
        Period(NOW, NOW)


@pytest.mark.parametrize("quantity", [0, -1, 1.5, True])
def test_refuses_quantities_that_no_cart_can_hold(quantity):
    with pytest.raises(BadLine):
        Line("MUG", quantity)


def test_refuses_too_many_units_on_several_lines():
    with pytest.raises(BadLine):
        price(cart(lines=(Line("MUG", 9_999), Line("MUG", 1))), shop())
