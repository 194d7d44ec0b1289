"""Who guesses codes is sent away; who has a good one never is."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
import redis
from django.db import connection

from apps.cart import service
from apps.cart.domain import GuessedTooOften
from apps.cart.tests.coupons import coupon
from apps.pricing.interface import CouponRefused
from commerce import origin
from commerce.redis import client
from commerce.rest import throttles

pytestmark = pytest.mark.usefixtures("house")
MALLORY, ALICE = "192.0.2.66", "192.0.2.7"


@pytest.fixture(autouse=True)
def _limits(settings):
    settings.LIMITS = True
    client("throttles").flushdb()
    throttles.local.__init__()
    yield
    throttles.local.__init__()


@pytest.fixture
def come_from():
    """Let what follows come from an address."""
    before = origin.current.set("")
    yield origin.current.set
    origin.current.reset(before)


def begin() -> UUID:
    return service.create(currency="EUR", locale="en").id


def shopping() -> UUID:
    made = begin()
    service.add(made, sku="MUG", quantity=1)
    return made


def tries(cart, many, code="GUESS"):
    """Count how often codes were looked at, and how often nobody looked any more."""
    looked = refused = 0
    for number in range(many):
        try:
            service.enter_coupon(cart, f"{code}{number}")
        except CouponRefused:
            looked += 1
        except GuessedTooOften as refusal:
            refused += 0 < refusal.wait <= 90
    return looked, refused


def test_a_cart_has_ten_wrong_codes(come_from):
    come_from(MALLORY)
    assert tries(begin(), 25) == (10, 15)


def test_an_address_has_a_hundred(come_from):
    come_from(MALLORY)
    looked = [tries(begin(), 10)[0] for _ in range(12)]
    assert looked == [10] * 10 + [0, 0]


def test_nobody_elsewhere_is_kept_out(come_from):
    coupon()
    come_from(MALLORY)
    for _ in range(11):
        tries(begin(), 10)
    come_from(ALICE)
    service.enter_coupon(shopping(), "SPRING")


def test_a_good_code_counts_for_nothing(come_from):
    coupon()
    coupon("USED", use_limit=0)
    come_from(ALICE)
    cart = shopping()
    assert tries(cart, 9) == (9, 0)
    for _ in range(30):
        service.enter_coupon(cart, "SPRING")
        with pytest.raises(CouponRefused):
            service.enter_coupon(cart, "USED")
    assert tries(cart, 2) == (1, 1)


def test_a_cart_that_guesses_uses_up_nothing_of_its_neighbours(come_from):
    come_from(ALICE)
    tries(begin(), 500)
    assert tries(begin(), 10) == (10, 0)


def test_many_guesses_at_once_are_counted_too(come_from):
    come_from(MALLORY)
    cart = begin()

    def attempt(_):
        origin.current.set(MALLORY)
        try:
            return tries(cart, 4)[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(attempt, range(8))) == 10


def test_guesses_are_counted_while_redis_is_away(come_from, monkeypatch):
    coupon()
    come_from(MALLORY)
    cart = begin()

    def gone(*_args, **_keys):
        raise redis.ConnectionError

    monkeypatch.setattr(throttles, "script", lambda *_: gone)
    assert tries(cart, 25) == (10, 15)
    come_from(ALICE)
    other = shopping()
    for _ in range(12):
        service.enter_coupon(other, "SPRING")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (MALLORY, MALLORY),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", ""),
        ("::nonsense", "::nonsense"),
    ],
)
def test_who_has_one_address_of_version_6_has_many(come_from, address, name):
    come_from(address)
    assert origin.house() == name
