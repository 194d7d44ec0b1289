"""Fifty people want the last ten, at once, in a running shop; HALLES_ROUNDS says how often."""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection, transaction

from apps.catalog.interface import Kind
from apps.stock.interface import stock
from commerce.testing import stores
from commerce.testing.processes import running
from tests.journeys.partner import Answer, Partner, sell

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = int(os.environ.get("HALLES_ROUNDS", "3"))
BUYERS = 50
UNITS = 10


@pytest.fixture(scope="module")
def shop(django_db_setup: None) -> Iterator[str]:
    """Run a web server for all tests here; gives its address."""
    with running("web") as processes:
        yield processes.url


def rush(url: str, sku: str) -> Counter[int]:
    """Let everybody press the button in the same moment; count how each was answered."""
    start = threading.Barrier(BUYERS, timeout=30)
    people = [Partner(url) for _ in range(BUYERS)]
    for partner in people:
        partner.begin()

    def buy(partner: Partner) -> int:
        start.wait()
        added = patiently(lambda: partner.add(sku, 1))
        if added.status != 201:
            return added.status
        session, key = patiently(partner.pay), str(uuid4())
        return patiently(lambda: partner.order(session, key)).status

    with ThreadPoolExecutor(BUYERS) as crowd:
        return Counter(crowd.map(buy, people))


def patiently(ask: Callable[[], Answer]) -> Answer:
    """Ask again as long as the shop is too busy, and as late as it says."""
    while (answer := ask()).status == 503:
        time.sleep(float(answer.headers["Retry-After"]))
    return answer


def levels(sku: str) -> tuple[int, int, int]:
    with connection.cursor() as cursor:
        query = "SELECT on_hand, held, allocated FROM stock_level WHERE sku = %s"
        cursor.execute(query, [sku])
        figures: tuple[int, int, int] = cursor.fetchone()
    return figures


def drift() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM stock_drift")
        rows: list[tuple[object, ...]] = cursor.fetchall()
    return rows


def test_ten_of_fifty_buyers_get_one(shop):
    for number in range(ROUNDS):
        sku = f"LAST-{number}"
        sell(sku, UNITS, kind=Kind.VIRTUAL)
        assert rush(shop, sku) == {202: UNITS, 409: BUYERS - UNITS}
        assert levels(sku) == (UNITS, 0, UNITS)
    assert drift() == []


def test_nobody_waits_long_for_a_shelf_that_is_locked(shop):
    sell("LOCKED", 1, kind=Kind.VIRTUAL)
    ada = Partner(shop)
    ada.begin()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT FROM stock_level WHERE sku = 'LOCKED' FOR UPDATE")
        began = time.monotonic()
        refused = ada.add("LOCKED", 1)
        assert (refused.status, refused.headers["Retry-After"]) == (503, "2")
        assert time.monotonic() - began < 5
    assert ada.add("LOCKED", 1).status == 201


def test_a_cart_outlives_redis(shop):
    sell("MUG", 3, kind=Kind.VIRTUAL)
    ada = Partner(shop)
    ada.begin()
    ada.add("MUG", 2)
    stores.empty()
    found = ada.ask("GET", f"/api/cart/v1/carts/{ada.cart}").body
    assert [(item["sku"], item["quantity"]) for item in found["items"]] == [("MUG", 2)]
    ada.version = found["version"]
    assert ada.order(ada.pay()).status == 202
    assert (levels("MUG"), stock.available(skus=("MUG",))["MUG"].free) == ((3, 0, 2), 1)
