"""The trial that kills in a small size, in a shop of its own."""

from collections.abc import Iterator

import pytest

from commerce import roles
from commerce.proving.house import House
from tests.gameday.shop import Shop
from tests.gameday.trials import kills


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """Open a shop that holds goods for as long as a test can wait."""
    besides = roles.worker(*roles.QUEUES), roles.command("relay")
    house = House(print, *besides, HALLES_HOLD_SECONDS="5", HALLES_ORDER_RECOVERY_SECONDS="3")
    try:
        yield Shop(house)
    finally:
        house.leave("")


def test_nothing_is_lost_while_everything_is_killed(shop):
    outcome = kills.t5(shop, 0)
    assert outcome.passed, outcome.counts


def test_a_commit_that_is_not_on_disk_is_noticed(shop):
    outcome = kills.t5_control(shop, 0)
    assert outcome.counts["lost"], outcome.counts
