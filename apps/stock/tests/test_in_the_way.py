"""Somebody is in the way: one more try, then an honest silence."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from apps.stock.interface import stock
from apps.stock.service import statement
from apps.stock.tests.shelf import ask, held, level, lines, reserve, tell
from commerce.services import ServiceUnavailable

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _shelf() -> Iterator[None]:
    stock.count(lines=lines(MUG=3), reference="opening")
    tell("SET lock_timeout = '100ms'")
    yield
    connection.close()


@contextmanager
def somebody_busy(seconds: float) -> Iterator[None]:
    """Keep the level of the mugs locked for a while."""
    locked, done = threading.Event(), threading.Event()

    def keep() -> None:
        with transaction.atomic():
            ask("SELECT 1 FROM stock_level WHERE sku = 'MUG' FOR UPDATE")
            locked.set()
            done.wait(seconds)
        connection.close()

    busy = threading.Thread(target=keep)
    busy.start()
    locked.wait()
    try:
        yield
    finally:
        done.set()
        busy.join()


def test_tries_once_more(alice, monkeypatch):
    monkeypatch.setattr(statement, "PAUSE", (0.3, 0.3))
    with somebody_busy(0.25):
        reserve(alice, MUG=1)
    assert held(alice) == {"MUG": 1}


def test_says_so_when_that_does_not_help(alice):
    with somebody_busy(10), pytest.raises(ServiceUnavailable, match="lock timeout"):
        reserve(alice, MUG=1)
    assert (held(alice), level("MUG")) == ({}, (3, 0, 0))


def test_a_database_that_is_away_is_a_silence_the_caller_can_handle(alice, monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    with pytest.raises(ServiceUnavailable):
        reserve(alice, MUG=1)
