from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.pricing import domain
from apps.pricing.domain import Good, Supply, Tariff
from commerce.money import Money

RATES = st.sampled_from(["0", "2.1", "5.5", "7", "19", "20", "25.5", "27"]).map(Decimal)
AMOUNTS = st.integers(0, 10**9).map(lambda minor: Money(minor, "EUR"))
GOODS = st.builds(
    Good,
    sku=st.sampled_from(["MUG", "TEE"]),
    quantity=st.integers(1, 9_999),
    unit=AMOUNTS,
    rate=RATES,
)
CARTS = st.lists(GOODS, max_size=20)
COUNTRIES = st.sampled_from(["FR", "DE", "US"])


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def tariff(code="standard", fee="4.90", free_from=None, countries=("FR",)):
    limit = None if free_from is None else eur(free_from)
    return Tariff(code, {"en": code}, frozenset(countries), (2, 4), eur(fee), limit)


@given(goods=CARTS, shipping=AMOUNTS, rate=RATES)
def test_totals_are_exact_sums_and_never_negative(goods, shipping, rate):
    quote = domain.quote(goods, shipping=shipping, shipping_rate=rate)
    taxes = [line.tax.minor for line in quote.lines]
    assert quote.subtotal.minor == sum(good.unit.minor * good.quantity for good in goods)
    assert quote.subtotal.minor == sum(line.total.minor for line in quote.lines)
    assert quote.grand == quote.subtotal + quote.shipping
    assert quote.tax.minor == sum(taxes) + domain.tax_within(shipping, rate).minor
    assert min([0, *taxes, quote.grand.minor - quote.tax.minor, quote.grand.minor]) == 0


@given(gross=AMOUNTS, rate=RATES)
def test_tax_is_rounded_half_up_once(gross, rate):
    exact = Fraction(gross.minor) * Fraction(rate) / (100 + Fraction(rate))
    assert domain.tax_within(gross, rate).minor == int(exact + Fraction(1, 2))


@given(goods=CARTS, fee=AMOUNTS, free_from=st.none() | AMOUNTS)
def test_sending_costs_the_fee_or_nothing(goods, fee, free_from):
    subtotal = domain.quote(goods, shipping=fee, shipping_rate=Decimal(0)).subtotal
    price = Tariff("standard", {}, frozenset(), (), fee, free_from).price(subtotal)
    free = free_from is not None and subtotal.minor >= free_from.minor
    assert price == (Money.zero("EUR") if free else fee)


def test_prices_a_line_with_the_tax_it_contains():
    line = domain.line(Good("MUG", 3, eur("19.70"), Decimal("20.00")))
    assert (line.total, line.tax, line.tax_rate) == (eur("59.10"), eur("9.85"), "20")


def test_rounds_tax_once_a_line_and_not_once_a_unit():
    assert domain.line(Good("PIN", 3, eur("0.02"), Decimal(20))).tax == eur("0.01")


@pytest.mark.parametrize(
    ("country", "tax_class", "rate"),
    [
        ("DE", "books", 7),
        ("DE", "standard", 19),
        ("DE", "toys", 19),
        ("SE", "books", "5.5"),
        ("SE", "standard", 20),
        ("US", "books", 0),
    ],
)
def test_taxes_at_the_destination_or_else_at_home(country, tax_class, rate):
    known = {
        ("DE", "books"): Decimal(7),
        ("DE", "standard"): Decimal(19),
        ("FR", "books"): Decimal("5.5"),
        ("FR", "standard"): Decimal(20),
        ("US", "standard"): Decimal(0),
    }
    found = domain.rate_for(known, tax_class=tax_class, country=country, home="FR")
    assert found == Decimal(rate)


def test_taxes_nothing_where_no_rate_is_known():
    assert domain.rate_for({}, tax_class="standard", country="FR", home="FR") == 0


def test_sending_is_free_from_its_limit_on():
    limited = tariff(free_from="60")
    assert limited.price(eur("59.99")) == eur("4.90")
    assert limited.price(eur("60.00")) == eur("0")


def test_offers_what_goes_there_cheapest_first():
    tariffs = [tariff("express", "12.90"), tariff("abroad", "1", countries=["US"]), tariff()]
    offered = domain.options(tariffs, subtotal=eur("10"), country="FR")
    assert [(option.code, option.price) for option in offered] == [
        ("standard", eur("4.90")),
        ("express", eur("12.90")),
    ]


@pytest.mark.parametrize(
    ("parts", "units"), [([(7, 2), (9, 1)], 3), ([(0, 1), (9, 1)], 0), ([(-2, 1)], 0), ([], None)]
)
def test_counts_what_can_be_put_together(parts, units):
    assert domain.complete(parts) == units


@pytest.mark.parametrize(
    ("free", "supply"),
    [
        (None, Supply.IN_STOCK),
        (6, Supply.IN_STOCK),
        (5, Supply.LOW),
        (1, Supply.LOW),
        (0, Supply.SOLD_OUT),
    ],
)
def test_says_how_things_stand(free, supply):
    assert domain.supply(free) is supply
