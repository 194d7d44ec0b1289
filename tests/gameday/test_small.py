"""The trials in a small size, so that `make gameday` is able to run on its day."""

import os
from collections.abc import Iterator

import pytest

from apps.payments.tests.far import far_away
from commerce.proving.house import Guest
from commerce.testing.processes import running
from tests.gameday.shop import Shop
from tests.gameday.trials import TRIALS

pytestmark = pytest.mark.django_db(transaction=True)
SETTINGS = "config.settings.development"  # with limits
TINY = 0.002
QUICK = (
    *("T1", "T4", "T7", "T8", "T19", "T27"),
    *("T6", "T7-order", "T8-order", "T28"),
    *("S3", "S4", "S5", "S6", "S8", "S9", "S9-card", "storm", "caps"),
    *("T13", "S10", "S24", "S25"),
)
CONTROLS = (
    *("T1", "T2", "T4", "T7", "T8", "T27"),
    *("T6", "T7-order", "T8-order"),
    *("S4", "S5", "S8", "S9", "S9-card", "storm"),
    *("T13", "S10", "S24", "S25"),
)  # that of T19 takes its time


@pytest.fixture(scope="module")
def shop(django_db_setup: None) -> Iterator[Shop]:
    """Run a web server at which every shopper has an address."""
    addressed = {"HALLES_PROXIES": "1"}
    with (
        far_away() as far,
        running("web", settings=SETTINGS, env=addressed | far.variables) as processes,
    ):
        place = Guest(processes.url)
        place.variables = (
            os.environ | addressed | far.variables | {"DJANGO_SETTINGS_MODULE": SETTINGS}
        )
        yield Shop(place)


@pytest.fixture(autouse=True)
def _nobody_is_behind(shop: Shop) -> None:
    """Forget what is to be delivered: nobody does here, and checkout is closed after a while."""
    shop.tell("DELETE FROM events_delivery")


@pytest.mark.parametrize("name", QUICK)
def test_a_trial_passes(shop, name):
    outcome = TRIALS[name][0](shop, TINY)
    assert outcome.passed, outcome.counts


@pytest.mark.parametrize("name", CONTROLS)
def test_its_control_fails(shop, name):
    outcome = TRIALS[name][1](shop, TINY)
    assert not outcome.passed, outcome.counts


def test_a_crowd_gets_what_there_is(shop):
    counts = TRIALS["T2"][0](shop, TINY).counts
    assert (counts["held"], counts["answers"]) == (2, {201: 2, 409: 38})
