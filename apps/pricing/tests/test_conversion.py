"""Prices in a currency they are not written down in."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from apps.pricing.interface import CartDraft, LineDraft, Price, pricing
from apps.pricing.models import ExchangeRate
from apps.pricing.service.live import offers
from commerce import clock
from commerce.money import Money

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("prices", "both_ways")]
NOON = datetime(2030, 5, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def rate(value, currency="USD", base="EUR", since=None):
    since = since or clock.now() - timedelta(days=1)
    return ExchangeRate.objects.create(
        currency=currency, base=base, rate=Decimal(value), since=since
    )


def dollars(sku="MUG"):
    return pricing.prices(skus=(sku,), currency="USD").get(sku)


def test_without_a_rate_there_is_no_price():
    assert dollars() is None


def test_every_amount_is_converted_by_itself():
    rate("1.085")
    pricing.set_prices(prices=(Price("MUG", Money(1290, "EUR"), before=Money(1500, "EUR")),))
    assert dollars() == Price("MUG", Money(1400, "USD"), before=Money(1628, "USD"))
    (offer,) = offers(("MUG",), "USD")
    assert offer.price == dollars()


def test_a_price_of_its_own_goes_before():
    rate("1.085")
    pricing.set_prices(prices=(Price("MUG", Money(1000, "USD")),))
    assert dollars().unit == Money(1000, "USD")
    assert dollars("TEE").unit == Money(2713, "USD")


def test_digits_of_both_currencies_count(settings):
    rate("160", currency="JPY")
    found = pricing.prices(skus=("MUG",), currency="JPY")
    assert found["MUG"].unit == Money(2064, "JPY")


def test_a_rate_begins_at_its_second():
    rate("1", since=NOON - SECOND)
    rate("2", since=NOON)
    told = []
    for moment in (NOON - 2 * SECOND, NOON - SECOND, NOON):
        with time_machine.travel(moment, tick=False):
            told.append(dollars() and dollars().unit.minor)
    assert told == [None, 1290, 2580]


def test_carts_say_at_which_rate_they_were_priced():
    rate("1.085")
    priced = pricing.price_cart(cart=CartDraft("USD", (LineDraft("MUG", 2), LineDraft("TEE", 1))))
    assert priced.quote.subtotal == Money(2 * 1400 + 2713, "USD")
    assert any("1 EUR at 1.085" in str(reason) for reason in priced.reasons)


def test_senseless_rates_are_refused():
    with pytest.raises(ValidationError):
        ExchangeRate(currency="EUR", base="EUR", rate=1, since=NOON).full_clean()
    with pytest.raises(IntegrityError):
        rate("0")
