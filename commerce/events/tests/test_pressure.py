"""Checkout and alarms learn how far the deliveries are behind."""

from datetime import timedelta

import pytest
from apps.bakery.events import LoafOrdered, OvenLit
from django.db.models.functions import Now
from prometheus_client import REGISTRY

from commerce.events import Backlog, backlog, pressure
from commerce.events.models import Delivery, Fact

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget():
    pressure.measured.cache_clear()


def figure(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


def test_nothing_waits():
    assert backlog() == Backlog(rows=0, oldest=timedelta())


def test_counts_what_waits_for_the_queue_and_how_long(announce):
    announce(LoafOrdered("alice"), LoafOrdered("bob"), OvenLit("big"))
    Fact.objects.filter(aggregate="alice").update(occurred_at=Now() - timedelta(minutes=3))
    waiting = backlog("orders")
    assert waiting.rows == 2
    assert waiting.oldest == pytest.approx(timedelta(minutes=3), abs=timedelta(seconds=5))
    assert backlog("default").rows == 1


def test_failing_delivery_keeps_nobody_waiting(announce):
    announce(LoafOrdered("alice"))
    Fact.objects.update(occurred_at=Now() - timedelta(minutes=3))
    Delivery.objects.update(attempts=1)
    assert backlog() == Backlog(rows=1, oldest=timedelta())


@pytest.mark.parametrize("fate", [{"attempts": 3}, {"attempts": 12, "died_at": Now()}])
def test_successors_of_a_failing_delivery_are_not_late(announce, fate):
    announce(LoafOrdered("alice", 1), LoafOrdered("alice", 2))
    Fact.objects.update(occurred_at=Now() - timedelta(minutes=3))
    Delivery.objects.filter(fact=Fact.objects.earliest("id")).update(**fate)
    assert backlog().oldest == timedelta()


def test_dead_deliveries_are_no_backlog(announce):
    announce(LoafOrdered("alice"))
    Delivery.objects.update(died_at=Now())
    assert backlog() == Backlog(rows=0, oldest=timedelta())


def test_stops_counting_where_it_is_too_many_anyway(announce):
    announce(*(LoafOrdered("alice", number) for number in range(10_050)))
    assert backlog().rows == pressure.COUNTED == 10_001


def test_is_measured_once_a_second_for_all_who_ask(
    announce, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr(pressure, "monotonic", lambda: 7.5)
    with django_assert_num_queries(1):
        assert {backlog() for _ in range(50)} == {Backlog(0, timedelta())}
    monkeypatch.setattr(pressure, "monotonic", lambda: 8.0)
    announce(LoafOrdered("alice"))
    assert backlog().rows == 1


def test_prometheus_sees_what_waits_and_what_is_dead(announce):
    announce(LoafOrdered("alice"), LoafOrdered("bob"))
    Delivery.objects.filter(aggregate="bob").update(died_at=Now())
    Fact.objects.filter(aggregate="alice").update(occurred_at=Now() - timedelta(minutes=3))
    pressure.report()
    assert figure("halles_outbox_deliveries", state="waiting") == 1
    assert figure("halles_outbox_deliveries", state="dead") == 1
    assert figure("halles_outbox_oldest_seconds") == pytest.approx(180, abs=5)
