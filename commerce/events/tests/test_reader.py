"""Facts of a context in another process are copied once and handled like our own."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
from apps.bakery import ledger
from apps.bakery.events import LoafOrdered, NobodyCame
from django.db import DataError, connection

from commerce.events import reader
from commerce.events.feed import START, Page
from commerce.events.models import Bookmark, Delivery, Fact
from commerce.services import ServiceUnavailable
from commerce.testing import deliver_all
from commerce.testing.processes import running

from .roles import SITE, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at_home(settings):
    """The bakery lives in this process, for whoever knocks at its door."""
    settings.SERVICES = {"bakery": {"BACKEND": "local"}}


@pytest.fixture
def page(at_home, live_server, announce) -> Page:
    """A page that came over HTTP, and none of it in the database any more."""
    announce(LoafOrdered("alice", 1), NobodyCame(), LoafOrdered("alice", 2))
    page = reader.ask(live_server.url, "bakery", "")
    Delivery.objects.all().delete()
    Fact.objects.all().delete()
    return page


@pytest.fixture
def bookmark(page) -> Bookmark:
    return Bookmark.objects.create(context="bakery")


def test_copied_facts_are_handled_in_order(page, bookmark, bakery):
    reader.copy(bookmark, page)
    deliver_all()
    assert bakery.entries() == [("alice", 1), ("alice", 2)]


def test_copies_only_what_somebody_here_waits_for(page, bookmark):
    reader.copy(bookmark, page)
    assert {fact.name for fact in Fact.objects.all()} == {"bakery.LoafOrdered"}


def test_page_another_relay_has_copied_is_left_alone(page, bookmark):
    reader.copy(bookmark, page)
    Delivery.objects.all().delete()
    Fact.objects.all().delete()
    reader.copy(bookmark, page)
    assert not Fact.objects.exists()


def test_fact_read_twice_is_written_once(page, bookmark):
    for _ in range(2):
        reader.copy(bookmark, page)
        Bookmark.objects.update(cursor=bookmark.cursor)
    assert Fact.objects.count() == Delivery.objects.count() == 2


def test_place_in_the_feed_moves_only_with_the_facts(page, bookmark):
    broken = page._replace(facts=[*page.facts, page.facts[0] | {"uuid": "none"}])
    with pytest.raises(DataError):
        reader.copy(bookmark, broken)
    assert Bookmark.objects.get().cursor == ""
    assert not Fact.objects.exists()


def test_reads_from_the_start_when_the_other_database_went_back_in_time(at_home, live_server):
    assert reader.ask(live_server.url, "bakery", "99999999:99999999://0") == Page([], START, True)


def test_refusal_and_silence_are_outages_to_wait_out(at_home, live_server):
    with pytest.raises(ServiceUnavailable, match="HTTP 404"):
        reader.ask(live_server.url, "mill", "")
    with pytest.raises(ServiceUnavailable, match="Connection refused"):
        reader.ask("http://127.0.0.1:1", "bakery", "")


@pytest.fixture
def town() -> Iterator[str]:
    """The address of a second database, for processes that live apart from this one."""
    here = urlsplit(os.environ["DATABASE_URL"])
    name = f"{here.path[1:]}_town"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT max(datname) FROM pg_database WHERE datname LIKE 'template\\_%'")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {cursor.fetchone()[0]}")
        yield here._replace(path=f"/{name}").geturl()
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_town_acts_on_what_happens_in_the_bakery(at_home, live_server, announce, town):
    env = SITE | {"DATABASE_URL": town, "BAKERY": live_server.url}
    with psycopg.connect(town, autocommit=True) as database:
        database.execute(ledger.TABLE)
        with running("relay", "worker", settings="bakery_settings", env=env):
            announce(LoafOrdered("alice", 1), LoafOrdered("alice", 2))
            until(lambda: database.execute("SELECT count(*) FROM events_inbox").fetchone() == (2,))
        baked = database.execute("SELECT who, what FROM bakery_ledger ORDER BY id").fetchall()
    assert baked == [("alice", 1), ("alice", 2)]
