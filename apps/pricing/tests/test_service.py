from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from apps.pricing.interface import (
    CartDraft,
    LineDraft,
    NoPrice,
    NoShipping,
    Price,
    ShippingOption,
    pricing,
)
from apps.pricing.models import Price as Row
from apps.pricing.models import ShippingOption as Option
from apps.pricing.models import TaxRate
from commerce.money import Money
from commerce.services import loopback

pytestmark = pytest.mark.django_db


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def cart(*lines: tuple[str, int], **more) -> CartDraft:
    return CartDraft("EUR", tuple(LineDraft(*line) for line in lines), **more)


@pytest.fixture(autouse=True)
def shop(prices, both_ways):
    """Ask the service plainly and through the wire."""


def test_returns_the_prices_there_are(django_assert_num_queries):
    with django_assert_num_queries(4):  # lists, promotions, prices, and a rate for what has none
        found = pricing.prices(skus=("MUG", "HAT", "MUG"), currency="EUR")
    assert found == {"MUG": Price("MUG", eur("12.90"))}
    assert pricing.prices(skus=("MUG",), currency="USD") == {}


def test_sets_prices_in_one_statement_and_says_what_changed(django_assert_num_queries):
    new = (Price("MUG", eur("10"), before=eur("12.90")), Price("MUG", Money.of("11", "USD")))
    with django_assert_num_queries(1):
        assert pricing.set_prices(prices=(*new, Price("TEE", eur("25")))) == 2
    assert pricing.set_prices(prices=new) == 0
    assert pricing.prices(skus=("MUG",), currency="EUR")["MUG"] == new[0]
    assert pricing.set_prices(prices=()) == 0


def test_takes_the_last_of_two_prices_for_one_sku():
    assert pricing.set_prices(prices=(Price("HAT", eur("1")), Price("HAT", eur("2")))) == 1
    assert pricing.prices(skus=("HAT",), currency="EUR")["HAT"].unit == eur("2")


def test_keeps_no_reduction_that_is_none():
    pricing.set_prices(prices=(Price("MUG", eur("12.90"), before=eur("12.90")),))
    assert pricing.prices(skus=("MUG",), currency="EUR")["MUG"].before is None


def test_database_refuses_negative_prices():
    with pytest.raises(IntegrityError), transaction.atomic():
        Row.objects.create(sku="HAT", currency="EUR", minor=-1)


def test_prices_a_cart_at_home_before_an_address_is_known():
    quote = pricing.quote(cart=cart(("MUG", 2), ("BOOK", 1)))
    assert [line.tax_rate for line in quote.lines] == ["20", "5.5"]
    assert [line.tax for line in quote.lines] == [eur("4.30"), eur("1.10")]
    assert (quote.subtotal, quote.shipping, quote.grand) == (eur("46.90"), eur("0"), eur("46.90"))
    assert quote.tax == eur("5.40")


def test_costs_the_same_abroad_with_another_tax():
    at_home = pricing.quote(cart=cart(("MUG", 1)))
    german = pricing.quote(cart=cart(("MUG", 1), country="DE"))
    american = pricing.quote(cart=cart(("MUG", 1), country="US"))
    assert at_home.grand == german.grand == american.grand == eur("12.90")
    assert [german.tax, american.tax] == [eur("2.06"), eur("0")]


def test_adds_the_chosen_way_of_sending_with_its_tax():
    quote = pricing.quote(cart=cart(("MUG", 1), country="FR", shipping="standard"))
    assert (quote.shipping, quote.grand) == (eur("4.90"), eur("17.80"))
    assert quote.tax == eur("2.15") + eur("0.82")


def test_sends_for_nothing_from_the_limit_on():
    quote = pricing.quote(cart=cart(("TEE", 3), shipping="standard"))
    assert (quote.shipping, quote.grand) == (eur("0"), eur("75.00"))


def test_charges_no_sending_for_what_is_not_sent():
    quote = pricing.quote(cart=cart(("FILE", 1), shipping="standard"))
    assert quote.grand == eur("3.00")


def test_prices_an_empty_cart_at_nothing():
    assert pricing.quote(cart=cart()).grand == eur("0")


def test_refuses_what_has_no_price():
    with pytest.raises(NoPrice) as refusal:
        pricing.quote(cart=cart(("MUG", 1), ("HAT", 1), ("CAP", 1)))
    assert (refusal.value.skus, refusal.value.currency) == (("CAP", "HAT"), "EUR")


@pytest.mark.parametrize(
    ("country", "option"), [("US", "express"), ("FR", "pigeon"), ("AU", "standard")]
)
def test_refuses_a_way_that_does_not_lead_there(country, option):
    with pytest.raises(NoShipping) as refusal:
        pricing.quote(cart=cart(("MUG", 1), country=country, shipping=option))
    assert (refusal.value.country, refusal.value.option) == (country, option)


def test_refuses_a_way_that_is_switched_off():
    Option.objects.filter(code="express").update(active=False)
    with pytest.raises(NoShipping):
        pricing.quote(cart=cart(("MUG", 1), shipping="express"))


@pytest.mark.parametrize("quantity", [0, -1])
def test_prices_no_quantity_below_one(quantity):
    with pytest.raises(ValueError, match="cannot be priced"):
        loopback.wire.load(LineDraft, {"sku": "MUG", "quantity": quantity})


def test_lists_ways_of_sending_cheapest_first():
    assert pricing.shipping_options(cart=cart(("MUG", 1), country="FR")) == (
        ShippingOption("standard", {"en": "Standard", "fr": "Standard"}, eur("4.90"), (2, 4)),
        ShippingOption("express", {"en": "Express", "fr": "Express"}, eur("12.90"), (1, 2)),
    )
    abroad = pricing.shipping_options(cart=cart(("MUG", 1), country="US"))
    assert [option.code for option in abroad] == ["standard"]


def test_lists_no_way_where_nothing_is_sent_or_nobody_goes():
    assert pricing.shipping_options(cart=cart(("FILE", 1))) == ()
    assert pricing.shipping_options(cart=cart(("MUG", 1), country="AU")) == ()


def test_taxes_by_the_rate_of_today():
    today = date.today()  # noqa: DTZ011
    TaxRate.objects.create(country="FR", percent=21, since=today, source="a law")
    TaxRate.objects.create(country="FR", percent=33, since=today + timedelta(days=2))
    assert pricing.quote(cart=cart(("MUG", 1))).lines[0].tax_rate == "21"


def test_reads_a_quote_in_six_queries(django_assert_num_queries):
    with django_assert_num_queries(6):  # lists, prices, promotions of both kinds, rates, tariffs
        pricing.quote(cart=cart(("MUG", 2), ("TEE", 1), ("SET", 1), shipping="standard"))
