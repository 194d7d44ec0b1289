"""A fact is written with its change, or not at all."""

import socket
from collections.abc import Iterator
from time import perf_counter
from uuid import UUID

import pytest
from apps.bakery.events import LoafOrdered, NobodyCame, OvenLit
from apps.bakery.handlers import Burnt
from django.db import transaction

from commerce.events import publish
from commerce.events.bell import Bell
from commerce.events.models import Delivery, Fact
from commerce.telemetry import following, request_id

pytestmark = pytest.mark.django_db
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def announce(*facts) -> None:
    with transaction.atomic():
        publish(*facts)


@transaction.atomic
def announce_and_burn() -> None:
    publish(LoafOrdered("alice"), OvenLit("big"))
    raise Burnt


def test_writes_the_fact_and_a_delivery_for_its_consumer():
    announce(LoafOrdered("alice", 3))
    fact, delivery = Fact.objects.get(), Delivery.objects.get()
    assert (fact.name, fact.aggregate) == ("bakery.LoafOrdered", "alice")
    assert fact.payload == {"customer": "alice", "number": 3}
    assert (delivery.fact, delivery.consumer) == (fact, "apps.bakery.handlers.bake")
    assert (delivery.queue, delivery.aggregate, delivery.attempts) == ("orders", "alice", 0)


def test_fact_without_consumers_is_kept_too():
    announce(NobodyCame())
    assert Fact.objects.get().name == "bakery.NobodyCame"
    assert not Delivery.objects.exists()


def test_many_facts_keep_their_order(django_assert_num_queries):
    facts = [LoafOrdered("alice", number) for number in range(200)]
    with transaction.atomic(), django_assert_num_queries(1):
        publish(*facts)
    assert [f.payload["number"] for f in Fact.objects.order_by("id")] == list(range(200))


def test_rolled_back_change_announces_nothing():
    with pytest.raises(Burnt):
        announce_and_burn()
    assert not Fact.objects.exists()
    assert not Delivery.objects.exists()


def test_refuses_to_announce_outside_a_transaction():
    with pytest.raises(RuntimeError, match=r"inside transaction\.atomic"):
        publish(LoafOrdered("alice"))
    assert not Fact.objects.exists()


def test_fact_remembers_the_request_it_came_from():
    with following(TRACE):
        announce(LoafOrdered("alice"))
        fact = Fact.objects.get()
        assert fact.request_id == request_id()
        assert fact.traceparent.split("-")[1] == TRACE.split("-")[1]


def test_fact_is_dated_by_the_database():
    announce(LoafOrdered("alice"))
    fact = Fact.objects.raw(
        "SELECT *, clock_timestamp() - occurred_at AS age, txid = pg_current_xact_id() AS ours"
        " FROM events_outbox"
    )[0]
    assert 0 <= fact.age.total_seconds() < 5
    assert fact.ours
    assert isinstance(fact.uuid, UUID)


@pytest.fixture
def silent_redis() -> Iterator[str]:
    """The address of a server that takes calls and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}"


def test_redis_gone_does_not_fail_the_commit(settings):
    settings.REDIS = {"default": {"LOCATION": "redis://127.0.0.1:1"}}
    Bell().ring()


def test_redis_that_does_not_answer_hardly_slows_a_hundred_commits(settings, silent_redis):
    settings.REDIS = {"default": {"LOCATION": silent_redis}}
    bell, started = Bell(), perf_counter()
    for _ in range(100):
        bell.ring()
    assert perf_counter() - started < 0.2


@pytest.mark.django_db(transaction=True)
def test_commit_rings_the_bell_once_heard():
    announce(LoafOrdered("alice"), LoafOrdered("bob"))
    announce(LoafOrdered("carol"))
    bell = Bell()
    assert bell.client(1).lrange(bell.key, 0, -1) == [b"1"]
