"""Opens the bakery, a context that only these tests have."""

import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, transaction

sys.path.append(str(Path(__file__).parent / "site"))

from apps.bakery import handlers, ledger  # noqa: F401

from commerce.events import publish


@pytest.fixture
def bakery(db):
    """The bakery's ledger, in the database."""
    ledger.build()
    return ledger


@pytest.fixture
def announce():
    """Publish facts in a transaction of their own."""
    return transaction.atomic(publish)


@pytest.fixture
def at_once():
    """Run a function in several threads that start together; return what each returned."""

    def run(times: int, function: Callable[[], object]) -> list[object]:
        start = threading.Barrier(times)

        def alone() -> object:
            start.wait()
            try:
                return function()
            finally:
                connection.close()

        with ThreadPoolExecutor(times) as threads:
            return [each.result() for each in [threads.submit(alone) for _ in range(times)]]

    return run
