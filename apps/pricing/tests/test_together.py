from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from apps.pricing.interface import Price, pricing
from commerce.money import Money

pytestmark = pytest.mark.django_db(transaction=True)
SKUS = [f"SKU-{number}" for number in range(400)]
ROUNDS = 8


def import_prices(skus, minor):
    try:
        for round_ in range(ROUNDS):
            unit = Money(minor + round_, "EUR")
            pricing.set_prices(prices=tuple(Price(sku, unit) for sku in skus))
    finally:
        connection.close()


def test_two_imports_at_once_wait_for_each_other():
    lists = [(SKUS, 1_000), (SKUS[::-1], 2_000)]
    with ThreadPoolExecutor() as pool:
        for ended in [pool.submit(import_prices, *each) for each in lists]:
            ended.result(timeout=30)
    kept = {price.unit.minor for price in pricing.prices(skus=tuple(SKUS), currency="EUR").values()}
    assert kept in ({1_000 + ROUNDS - 1}, {2_000 + ROUNDS - 1})
