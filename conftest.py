"""Real servers for every test: a database cloned from a migrated template, an empty Redis."""

from collections.abc import Iterator

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

from commerce.fleeting import Fleeting
from commerce.testing import database, no_io, stores

# How long anything takes is a matter of the machine; benchmarks measure that, not tests.
UNTIMED = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile("halles", deadline=None, suppress_health_check=UNTIMED)
hypothesis.settings.load_profile("halles")
no_io.forbid()


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Prepare this process's database, and clean it cheaply after tests that commit."""
    with django_db_blocker.unblock():
        database.prepare()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda test: database.restore())
        patch.setattr(TransactionTestCase, "_should_reload_connections", _in_doubt)
        yield
        database.leave()


def _in_doubt(test: TransactionTestCase) -> bool:
    """Whether the next test needs a new session; the old one knows its plans by heart."""
    return connection.errors_occurred


@pytest.fixture(autouse=True)
def _empty_redis() -> None:
    stores.empty()


@pytest.fixture(autouse=True)
def _speak_the_shops_language() -> None:
    translation.deactivate()  # whatever the test before was answered in


@pytest.fixture(autouse=True)
def _believe_nothing() -> None:
    for memory in Fleeting.all:
        memory.seconds = 0
        memory.forget()


@pytest.fixture(params=["local", "loopback"])
def both_ways(request: pytest.FixtureRequest, settings: django_settings) -> None:
    """Run a test against every provider in this process, plainly and through the wire format."""
    if request.param == "loopback":
        settings.SERVICES = {
            name: {"BACKEND": "commerce.services.loopback.Loopback", "PROVIDER": entry["BACKEND"]}
            for name, entry in settings.SERVICES.items()
        }
