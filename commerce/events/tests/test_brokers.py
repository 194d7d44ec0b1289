"""Whatever broker carries the messages, each fact is handled once in effect: real ones, killed."""

import time
from collections import Counter

import pytest
from apps.bakery.events import LoafOrdered
from django.db.models.functions import Now

from commerce.events import bell
from commerce.events.models import Delivery
from commerce.events.pause import LAST_ATTEMPT
from commerce.testing.brokers import BROKERS, own_broker

from .roles import CUSTOMERS, ONE_EACH, all_handled, bakers, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bakery")]
LONG = 60  # seconds, for brokers that begin slowly


@pytest.fixture(scope="module", params=BROKERS)
def broker(request, django_db_setup):
    """Each broker in turn."""
    with own_broker(request.param) as broker:
        yield broker


@pytest.fixture(scope="module")
def house(broker):
    """A relay and a worker at that broker; a test starts again what it ended."""
    with bakers("relay", "worker", CELERY_BROKER_URL=broker.url) as processes:
        yield processes


def test_hands_a_fact_to_a_worker_at_once(announce, bakery, house):
    announce(LoafOrdered("alice"))
    until(all_handled, LONG)
    started = time.monotonic()
    announce(LoafOrdered("bob"))
    until(all_handled)
    assert time.monotonic() - started < 0.9
    assert bakery.entries() == [("alice", 1), ("bob", 1)]


def test_killed_worker_and_relay_lose_and_double_nothing(announce, bakery, house):
    announce(*(LoafOrdered(customer) for customer in CUSTOMERS))
    for role in ["worker", "relay"]:
        before = len(bakery.entries())
        until(lambda before=before: len(bakery.entries()) > before + 3)
        house.kill(role)
        house.restart(role)
    until(all_handled, LONG)
    assert Counter(bakery.entries()) == ONE_EACH


def test_failing_delivery_dies_after_twelve_attempts(announce, bakery, house):
    announce(LoafOrdered("burnt"), LoafOrdered("alice"))
    until(lambda: hurried() and Delivery.objects.exclude(died_at=None).exists(), LONG)
    assert Delivery.objects.get().attempts == LAST_ATTEMPT
    assert bakery.entries() == [("alice", 1)]


def test_broker_that_lost_everything_loses_nothing(announce, bakery, broker, house):
    announce(*(LoafOrdered(customer) for customer in CUSTOMERS))
    until(lambda: len(bakery.entries()) > 3)
    broker.kill()
    broker.forget()
    announce(LoafOrdered("alice"))
    broker.start()
    until(all_handled, LONG)
    assert Counter(bakery.entries()) == ONE_EACH + Counter({("alice", 1): 1})
    assert "Traceback" not in house.log("relay")


def hurried() -> bool:
    """Have no failed delivery rest."""
    if (
        Delivery.objects.filter(died_at=None, due_at__gt=Now())
        .exclude(last_error="")
        .update(due_at=Now(), last_error="")
    ):
        bell.ring()
    return True
