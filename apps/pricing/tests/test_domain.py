from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.pricing import domain
from apps.pricing.domain import Supply, Tariff
from commerce.money import Money

AMOUNTS = st.integers(0, 10**9).map(lambda minor: Money(minor, "EUR"))


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def tariff(code="standard", fee="4.90", free_from=None, countries=("FR",)):
    limit = None if free_from is None else eur(free_from)
    return Tariff(code, {"en": code}, frozenset(countries), (2, 4), eur(fee), limit)


@given(subtotal=AMOUNTS, fee=AMOUNTS, free_from=st.none() | AMOUNTS)
def test_sending_costs_the_fee_or_nothing(subtotal, fee, free_from):
    price = Tariff("standard", {}, frozenset(), (), fee, free_from).price(subtotal)
    free = free_from is not None and subtotal.minor >= free_from.minor
    assert price == (Money.zero("EUR") if free else fee)


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
