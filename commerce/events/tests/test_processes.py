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

from commerce.events.models import Delivery
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
