"""The stock in a process and a database of its own: the same calls, the same answers."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from os import environ
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest
from django.db import connection

from apps.stock.interface import (
    AlreadyCancelled,
    Availability,
    CountTooLow,
    Line,
    OutOfStock,
    Policy,
    Reservation,
    Shortage,
    stock,
)
from commerce.environment import ROOT
from commerce.services import ServiceUnavailable
from commerce.testing.processes import running

SPLIT = "config.settings.split.stock"
TTL = timedelta(minutes=15)


@pytest.fixture(scope="module")
def own_database(django_db_setup, django_db_blocker):
    """Make a database that has the tables of the stock and no others of ours."""
    name = f"{connection.settings_dict['NAME']}_stock"
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}")
        connection.close()
    url = urlunsplit(urlsplit(environ["DATABASE_URL"])._replace(path=f"/{name}"))
    manage("migrate", "-v0", DATABASE_URL=url, DJANGO_SETTINGS_MODULE=SPLIT)
    return url


@pytest.fixture(scope="module")
def house(own_database):
    """Run the stock's process."""
    with running("web", settings=SPLIT, env={"DATABASE_URL": own_database}) as processes:
        yield processes


@pytest.fixture
def elsewhere(house, settings):
    """Ask the stock over HTTP, and find three mugs and a shirt there."""
    remote = {"BACKEND": "commerce.services.http.Remote", "LOCATION": house.url, "TIMEOUT": 10.0}
    settings.SERVICES = settings.SERVICES | {"stock": remote}
    mug, shirt = f"MUG-{uuid4().hex}", f"TEE-{uuid4().hex}"
    stock.count(lines=(Line(mug, 3), Line(shirt, 1)), reference=f"opening {mug}")
    return mug, shirt


def manage(*command, **variables):
    """Run a management command in a process of its own; returns what it said."""
    answer = subprocess.run(
        [sys.executable, "manage.py", *command],
        env=environ | variables,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    return answer.stdout


def test_answers_come_back_typed(elsewhere):
    mug, shirt = elsewhere
    cart = uuid4()
    reservation = stock.reserve(cart=cart, lines=(Line(shirt, 1), Line(mug, 2)), ttl=TTL)
    assert isinstance(reservation, Reservation)
    assert stock.holds(cart=cart) == reservation.holds
    assert stock.available(skus=(mug, "HAT")) == {mug: Availability(1), "HAT": Availability(0)}


def test_refusals_come_back_typed(elsewhere):
    mug, shirt = elsewhere
    with pytest.raises(OutOfStock) as short:
        stock.reserve(cart=uuid4(), lines=(Line(mug, 4), Line(shirt, 1)), ttl=TTL)
    assert short.value.shortages == (Shortage(mug, wanted=4, available=3),)
    stock.reserve(cart=uuid4(), lines=(Line(mug, 2),), ttl=TTL)
    with pytest.raises(CountTooLow) as low:
        stock.count(lines=(Line(mug, 1),), reference=f"monday {mug}")
    assert (low.value.counted, low.value.promised) == (1, 2)


def test_an_order_takes_its_goods_once(elsewhere):
    mug, _ = elsewhere
    cart, order = uuid4(), uuid4()
    stock.reserve(cart=cart, lines=(Line(mug, 2),), ttl=TTL)
    for _ in range(2):
        stock.commit(order=order, cart=cart, lines=(Line(mug, 2),))
    assert (stock.holds(cart=cart), stock.available(skus=(mug,))[mug].free) == ((), 1)
    stock.cancel(order=order)
    with pytest.raises(AlreadyCancelled):
        stock.commit(order=order, cart=cart, lines=(Line(mug, 2),))
    assert stock.available(skus=(mug,))[mug].free == 3


def test_what_lapsed_is_for_sale_again(elsewhere):
    _, shirt = elsewhere
    alice, bob = uuid4(), uuid4()
    stock.reserve(cart=alice, lines=(Line(shirt, 1),), ttl=timedelta(milliseconds=100))
    time.sleep(0.15)
    assert [hold.lapsed for hold in stock.holds(cart=alice)] == [True]
    stock.reserve(cart=bob, lines=(Line(shirt, 1),), ttl=TTL)
    assert stock.holds(cart=alice) == ()


def test_what_nobody_counts_needs_no_hold(elsewhere):
    song = f"SONG-{uuid4().hex}"
    stock.set_policy(skus=(song,), policy=Policy.UNTRACKED)
    assert stock.reserve(cart=uuid4(), lines=(Line(song, 9),), ttl=TTL).holds == ()


def test_a_crowd_gets_every_unit_and_not_one_more(elsewhere):
    mug, _ = elsewhere

    def buy(_: int) -> int:
        with suppress(OutOfStock):
            return len(stock.reserve(cart=uuid4(), lines=(Line(mug, 1),), ttl=TTL).holds)
        return 0

    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(buy, range(16))) == 3


def test_a_wrong_secret_is_turned_away(elsewhere, settings):
    settings.SERVICE_SECRETS = ["guess"]
    with pytest.raises(RuntimeError, match="HTTP 403"):
        stock.available(skus=("MUG",))


def test_its_api_is_behind_its_own_door(house):
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(f"{house.url}/api/stock/v1/availability?sku=MUG")
    answer.value.close()
    assert answer.value.code == 401
    assert "problem+json" in answer.value.headers["Content-Type"]


def test_the_shop_no_longer_has_the_stock_inside(house):
    code = """
from django.apps import apps
from apps.stock.interface import stock
print(apps.is_installed("apps.stock"), stock.available(skus=("HAT",))["HAT"].free)
"""
    said = manage("shell", "-v0", "-c", code, HALLES_SERVICES=f"stock={house.url}")
    assert said.split() == ["False", "0"]


def test_silence_is_an_error_the_caller_can_handle(elsewhere, house):
    mug, _ = elsewhere
    cart = uuid4()
    stock.reserve(cart=cart, lines=(Line(mug, 1),), ttl=TTL)
    house.kill("web")
    with pytest.raises(ServiceUnavailable):
        stock.available(skus=(mug,))
    house.restart("web")
    assert [hold.quantity for hold in stock.holds(cart=cart)] == [1]
