"""Taxes, sending and paying, where the cases of others are silent."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.pricing.domain.amounts import Currency
from apps.pricing.domain.cart import Credit, Customer, Line, Place
from apps.pricing.domain.effects import OrderFixed, UnitPercent
from apps.pricing.domain.engine import price
from apps.pricing.domain.exchange import Exchange, NoExchange, convert
from apps.pricing.domain.paying import Payment
from apps.pricing.domain.policy import MAGENTO, Policy
from apps.pricing.domain.rounding import Per, Rounding, nearest, within
from apps.pricing.domain.shipping import Bracket, Match, ShippingMethod, Span
from apps.pricing.domain.snapshot import Extra
from apps.pricing.domain.vat import country_of
from apps.pricing.domain.zones import Zone
from apps.pricing.tests.stall import (
    EUR,
    FRANCE,
    GERMANY,
    GOODS,
    cart,
    offering,
    priced,
    pricelist,
    shop,
    vat,
)

INCLUDED = (vat(included=True), vat("DE", "19", included=True))
EUROPE = {"rates": INCLUDED, "home": FRANCE, "assumed": FRANCE, "reverse_charge": True}


def test_taxes_nothing_while_no_place_is_known():
    assert priced(shop(rates=(vat(),)), MUG=1).tax_added == 0


def test_contained_tax_changes_no_total():
    for place, tax in ((FRANCE, 215), (GERMANY, 206)):
        quote = priced(shop(**EUROPE), MUG=1, place=place)
        assert (quote.grand, quote.tax_included) == (1290, tax)


def test_a_price_moves_with_the_tax_where_the_shop_says_so():
    policy = Policy(same_price_everywhere=False)
    quote = priced(shop(**EUROPE, policy=policy), MUG=1, place=GERMANY)
    assert quote.grand == 1279
    assert quote.grand == sum(entry.amount for entry in quote.entries)


@pytest.mark.parametrize(
    ("customer", "place", "grand"),
    [
        (Customer(), GERMANY, 1290),
        (Customer(tax_exempt=True), GERMANY, 1075),
        (Customer(vat_number="DE 123456789"), GERMANY, 1075),
        (Customer(vat_number="DE 12345"), GERMANY, 1290),
        (Customer(vat_number="DE123456789"), FRANCE, 1290),
        (Customer(vat_number="DE123456789"), Place("US"), 1290),
    ],
)
def test_takes_tax_out_for_those_who_owe_none(customer, place, grand):
    quote = priced(shop(**EUROPE), MUG=1, customer=customer, place=place)
    assert quote.grand == grand


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("FR 40 303 265 045", "FR"),
        ("ATU12345678", "AT"),
        ("EL123456789", "GR"),
        ("GR123456789", None),
        ("NL123456789B01", "NL"),
        ("DE12345678X", None),
        ("US123", None),
        ("", None),
    ],
)
def test_knows_vat_numbers_by_their_form(number, country):
    assert country_of(number) == country


@given(st.integers(0, 10**9), st.sampled_from(["0", "2.1", "5.5", "19", "20", "27"]).map(Decimal))
def test_contained_tax_is_rounded_half_up_once(gross, percent):
    exact = Fraction(gross) * Fraction(percent) / (100 + Fraction(percent))
    assert nearest(within(gross, percent)) == int(exact + Fraction(1, 2))


def test_layers_of_tax_build_on_each_other():
    rates = (vat(percent="10"), replace(vat(percent="5"), key="top", layer=1))
    assert priced(shop(rates=rates), TEE=1, place=FRANCE).tax_added == 250 + 138
    flat = (rates[0], replace(rates[1], on_untaxed=True))
    assert priced(shop(rates=flat), TEE=1, place=FRANCE).tax_added == 250 + 125


def test_postcodes_and_regions_make_zones():
    zone = Zone(
        countries=frozenset({"US"}), regions=frozenset({"TX"}), postcodes=frozenset({"787*"})
    )
    assert zone.holds(Place("US", "TX", "78701"))
    assert not zone.holds(Place("US", "TX", "79001"))
    assert not zone.holds(Place("US", "CA", "78701"))
    assert Zone("far", frozenset({"US"}), outside=True).holds(GERMANY)
    assert not Zone("far", frozenset({"US"}), outside=True).holds(Place())


@pytest.mark.parametrize(
    ("rounding", "found"),
    [
        (Rounding.HALF_UP, [1, 2, 3]),
        (Rounding.HALF_DOWN, [0, 1, 2]),
        (Rounding.HALF_EVEN, [0, 2, 2]),
        (Rounding.HALF_ODD, [1, 1, 3]),
        (Rounding.UP, [1, 2, 3]),
        (Rounding.DOWN, [0, 1, 2]),
    ],
)
def test_rounds_halves_as_told(rounding, found):
    halves = [Decimal("0.5"), Decimal("1.5"), Decimal("2.5")]
    assert [nearest(half, 1, rounding) for half in halves] == found


@pytest.mark.parametrize(("per", "tax"), [(Per.UNIT, 3 * 84), (Per.LINE, 251), (Per.TOTAL, 251)])
def test_rounds_tax_where_the_policy_says(per, tax):
    snapshot = shop(
        rates=(vat(percent="8.375"),),
        lists=(pricelist(amounts={"MUG": 1000}),),
        policy=Policy(tax_per=per),
    )
    assert priced(snapshot, MUG=3, place=FRANCE).tax_added == tax


@pytest.mark.parametrize("per", Per)
def test_a_discount_above_the_taxed_price_leaves_no_tax(per):
    policy = replace(MAGENTO, tax_on_custom_price=False, tax_per=per)
    snapshot = replace(offering(UnitPercent(Decimal(100))), rates=(vat(),), policy=policy)
    dear = (Line("MUG", 1, price=5000),)
    assert price(cart(lines=dear, place=FRANCE), snapshot).grand == 0


def test_offers_only_what_takes_the_cart():
    heavy = {"MUG": replace(GOODS["MUG"], weight=Decimal(3), shipping_category="fragile")}
    methods = (
        ShippingMethod("letter", weight=Span(most=Decimal(1))),
        ShippingMethod("parcel", fee=500, per_unit=True, position=2),
        ShippingMethod("glass", fee=900, category="fragile", match=Match.EVERY, position=1),
        ShippingMethod("plain", category="fragile", match=Match.NONE),
        ShippingMethod("abroad", zone=Zone(countries=frozenset({"DE"}))),
        ShippingMethod("cheap", total=Span(below=1000)),
    )
    snapshot = shop(goods=GOODS | heavy, methods=methods)
    quote = priced(snapshot, MUG=2, place=FRANCE, shipping="parcel")
    assert quote.offered == ("glass", "parcel")
    assert quote.shipping == 1000
    assert priced(snapshot, MUG=2, place=FRANCE, shipping="letter").sending.method == "glass"


def test_brackets_look_at_what_is_left_after_discounts():
    low, high = Bracket(500, total=Span(below=1290)), Bracket(0, total=Span(least=1290))
    methods = (ShippingMethod("post", brackets=(low, high), handling=100),)
    snapshot = replace(offering(OrderFixed(1)), methods=methods)
    assert priced(snapshot, MUG=1).shipping == 600
    assert priced(shop(methods=methods), MUG=1).shipping == 100


def test_sends_nothing_that_needs_no_sending():
    file = replace(GOODS["MUG"], ships=False)
    snapshot = shop(goods={"MUG": file}, methods=(ShippingMethod("post", fee=500),))
    assert priced(snapshot, MUG=1).sending is None


def test_extras_are_charged_and_taxed():
    wrapping = {"wrapping": Extra("wrapping", 250, tax_category="standard")}
    snapshot = shop(extras=wrapping, rates=(vat(),))
    quote = priced(snapshot, MUG=1, place=FRANCE, extras=frozenset({"wrapping", "gone"}))
    assert quote.grand == 1290 + 258 + 250 + 50


def test_credits_pay_one_after_the_other_and_never_more_than_is_due():
    credits_ = (Credit("card", 1000), Credit("credit", 9_000), Credit("other", 5))
    quote = priced(shop(), MUG=1, credits=credits_)
    assert quote.payments == (Payment("card", 1000), Payment("credit", 290))
    assert (quote.grand, quote.due) == (1290, 0)


def test_cash_is_rounded_to_the_smallest_coin():
    snapshot = shop(currency=Currency("CHF"), lists=(pricelist(amounts={"MUG": 1293}),))
    assert priced(snapshot, MUG=1, cash=True).due == 1295
    assert priced(snapshot, MUG=1).due == 1293


def test_exchanges_in_both_directions():
    rates = [Exchange("EUR", "JPY", Decimal(160))]
    assert convert(1290, EUR, Currency("JPY"), rates) == 2064
    assert convert(2064, Currency("JPY"), EUR, rates) == 1290
    with pytest.raises(NoExchange):
        convert(1, EUR, Currency("USD"), rates)
