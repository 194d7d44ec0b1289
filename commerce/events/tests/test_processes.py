"""Facts survive what kills workers, relay and broker: real processes, really killed."""

import time
from collections import Counter
from pathlib import Path
from socket import gethostname

import pytest
from apps.bakery.events import LoafOrdered
from celery import current_app
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from commerce.events.models import Delivery
from commerce.events.pause import LAST_ATTEMPT
from commerce.testing.processes import own_redis

from .roles import CUSTOMERS, ONE_EACH, all_handled, bakers, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bakery")]


@pytest.fixture(scope="module")
def house(django_db_setup):
    """A relay and a worker; a test starts again what it ended."""
    with bakers("relay", "worker") as processes:
        yield processes


def test_pulse_of_a_worker_that_takes_no_messages_stops(announce, house):
    pulse = settings.HALLES_HOME / "pulse" / f"orders@{gethostname()}"
    until(lambda: beats(pulse))
    current_app.control.cancel_consumer("orders", reply=True)
    announce(*(LoafOrdered(customer) for customer in CUSTOMERS))
    until(lambda: not beats(pulse))
    current_app.control.add_consumer("orders", reply=True)
    until(lambda: beats(pulse) and all_handled())


def test_three_relays_killed_at_random_keep_facts_once_and_in_order(announce, bakery, house):
    with bakers("relay") as second, bakers("relay") as third:
        loaves = [(each, number) for number in range(3) for each in CUSTOMERS[:20]]
        announce(*(LoafOrdered(*loaf) for loaf in loaves))
        for relay in (second, house, third, second):
            relay.kill("relay")
            time.sleep(0.1)
            relay.restart("relay")
        until(all_handled, seconds=60)
    baked = bakery.entries()
    assert Counter(baked) == Counter(
        (each, number) for number in range(3) for each in CUSTOMERS[:20]
    )
    for each in CUSTOMERS[:20]:
        assert [number for customer, number in baked if customer == each] == [0, 1, 2]


def test_what_kills_its_worker_dies_alone(announce, bakery, house):
    announce(LoafOrdered("explosive"), *(LoafOrdered(customer) for customer in CUSTOMERS))
    until(lambda: died_of_haste() and Delivery.objects.exclude(died_at=None).exists(), seconds=90)
    until(lambda: Delivery.objects.count() == 1)
    assert Delivery.objects.get().attempts == LAST_ATTEMPT
    assert Counter(bakery.entries()) == ONE_EACH


def test_relay_stops_cleanly_when_asked(announce, house):
    house.stop("relay")
    house.restart("relay")
    announce(LoafOrdered("alice"))
    until(all_handled)
    started = time.monotonic()
    house.stop("relay")
    assert time.monotonic() - started < 10
    assert house.log("relay") == ""


def test_killed_broker_and_database_sessions_only_delay(announce, bakery):
    with own_redis() as redis, bakers("relay", "worker", REDIS_URL=redis.url) as processes:
        announce(LoafOrdered("slow"))
        until(lambda: Delivery.objects.filter(attempts=1))
        redis.kill()
        end_database_sessions()
        announce(*(LoafOrdered(customer) for customer in CUSTOMERS))
        until(all_handled, seconds=60)
        assert "relay waits" in processes.log("relay")
        assert "Traceback" not in processes.log("relay")
    assert Counter(bakery.entries()) == ONE_EACH + Counter({("slow", 1): 1})


def died_of_haste() -> bool:
    """Have what took its worker with it not rest."""
    Delivery.objects.filter(died_at=None, attempts__gt=0, handed=0, aggregate="explosive").update(
        due_at=Now()
    )
    return True


def beats(pulse: Path) -> bool:
    """Tell whether a pulse is felt within a second."""
    before = pulse.stat().st_mtime
    time.sleep(1)
    return pulse.stat().st_mtime > before


def end_database_sessions() -> None:
    """Cut every other connection to this database, as a restart of PostgreSQL would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
