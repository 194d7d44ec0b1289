"""Readers in other processes get every committed fact once, and those of an aggregate in order."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from operator import itemgetter

import pytest
from apps.bakery.events import LoafOrdered
from apps.bakery.handlers import Burnt
from django.db import connection, transaction

from commerce.events import feed, publish
from commerce.events.feed import BadCursor, LostCursor
from commerce.events.models import Fact
from commerce.services.http import CALLER
from commerce.services.signature import HEADER, sign

committing = pytest.mark.django_db(transaction=True)


class Reader:
    """Reads on from where it stopped, in small pages."""

    def __init__(self) -> None:
        self.cursor = ""

    def read(self) -> list[tuple[str, int]]:
        """Return what is new: of whom, and which of their facts."""
        new, more = [], True
        while more:
            facts, self.cursor, more = feed.read("bakery", after=self.cursor, limit=3)
            new += [(fact["aggregate"], fact["payload"]["number"]) for fact in facts]
        return new


@contextmanager
def slowly(*facts: LoafOrdered):
    """Publish in a transaction that commits when the block ends."""
    written, commit = threading.Event(), threading.Event()

    def change() -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_xact_id()")
            publish(*facts)
            written.set()
            commit.wait(10)
        connection.close()

    with ThreadPoolExecutor(1) as thread:
        changing = thread.submit(change)
        written.wait(10)
        yield
        commit.set()
        changing.result()


def ask(client, path, *, signed=None):
    """Fetch a page as another process would."""
    headers = {CALLER: "shop", HEADER: sign("shop", signed or path, b"")}
    return client.get(path, headers=headers)


@committing
def test_gives_each_fact_once_in_order(announce):
    announce(*(LoafOrdered("alice", number) for number in range(7)))
    reader = Reader()
    assert reader.read() == [("alice", number) for number in range(7)]
    assert reader.read() == []
    announce(LoafOrdered("bob"))
    assert reader.read() == [("bob", 1)]


@committing
def test_new_facts_between_two_pages_come_later_and_once(announce):
    announce(*(LoafOrdered("alice", number) for number in range(3)))
    facts, cursor, more = feed.read("bakery", after="", limit=2)
    assert (len(facts), more) == (2, True)
    announce(LoafOrdered("bob"))
    reader = Reader()
    reader.cursor = cursor
    assert reader.read() == [("alice", 2)]
    assert reader.read() == [("bob", 1)]


@committing
def test_slow_transaction_holds_nobody_up_and_leaves_no_gap(announce):
    reader = Reader()
    with slowly(LoafOrdered("slow", 1)):
        announce(LoafOrdered("alice", 2))
        assert reader.read() == [("alice", 2)]
        announce(LoafOrdered("bob", 3))
        assert reader.read() == [("bob", 3)]
    assert reader.read() == [("slow", 1)]
    assert reader.read() == []


@committing
def test_rolled_back_facts_are_never_seen(announce):
    def change_of_mind():
        with transaction.atomic():
            publish(LoafOrdered("alice"))
            raise Burnt

    with pytest.raises(Burnt):
        change_of_mind()
    announce(LoafOrdered("bob"))
    assert Reader().read() == [("bob", 1)]


@committing
def test_busy_writers_lose_nothing_and_keep_each_aggregate_in_order():
    """Six writers share three aggregates; each holds its aggregate until it commits or not."""
    kept, counters, reader, read = [], dict.fromkeys("abc", 0), Reader(), []

    def write(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(25):
            name = dice.choice("abc")
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_xact_id()")
                time.sleep(dice.random() / 100)
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ord(name)])
                fact = LoafOrdered(name, counters[name] + 1)
                publish(fact)
                time.sleep(dice.random() / 200)
                if dice.random() < 0.2:
                    transaction.set_rollback(True)
                else:
                    counters[name] += 1
                    kept.append((name, fact.number))
        connection.close()

    with ThreadPoolExecutor(6) as writers:
        writing = [writers.submit(write, seed) for seed in range(6)]
        while not all(each.done() for each in writing):
            read += reader.read()
    read += reader.read()
    assert [each.result() for each in writing] == [None] * 6
    assert sorted(read) == sorted(kept)
    assert sorted(read, key=itemgetter(0)) == sorted(kept)


@committing
def test_gives_the_facts_of_one_context_only(announce):
    announce(LoafOrdered("alice"))
    Fact.objects.update(name="bakery_next_door.LoafOrdered")
    announce(LoafOrdered("bob"))
    assert Reader().read() == [("bob", 1)]


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", ["tomorrow", "1:1:", "9:1://0", "1:1://-1", "1:1:/x/0"])
def test_nonsense_is_not_a_cursor(cursor):
    with pytest.raises(BadCursor):
        feed.read("bakery", after=cursor)


@committing
def test_cursor_of_a_database_that_went_back_in_time_is_refused():
    with pytest.raises(LostCursor):
        feed.read("bakery", after="99999999:99999999://0")


@pytest.fixture
def at_home(settings):
    settings.SERVICES = {"bakery": {"BACKEND": "local"}, "mill": {"LOCATION": "http://mill"}}


@pytest.mark.usefixtures("at_home")
@committing
def test_answers_a_signed_reader(announce, client):
    announce(LoafOrdered("alice", 3))
    page = ask(client, "/services/bakery/facts?after=").json()
    assert [fact["name"] for fact in page["facts"]] == ["bakery.LoafOrdered"]
    assert page["facts"][0]["payload"] == {"customer": "alice", "number": 3}
    again = ask(client, f"/services/bakery/facts?after={page['cursor']}").json()
    assert (again["facts"], again["more"]) == ([], False)


@pytest.mark.usefixtures("at_home")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "signed", "status"),
    [
        ("/services/bakery/facts?after=", "/services/bakery/facts?after=1", 403),
        ("/services/mill/facts?after=", None, 404),
        ("/services/street/facts?after=", None, 404),
        ("/services/bakery/facts?after=tomorrow", None, 400),
        ("/services/bakery/facts?after=99999999:99999999://0", None, 410),
    ],
)
def test_refuses_plainly(client, path, signed, status):
    assert ask(client, path, signed=signed).status_code == status
