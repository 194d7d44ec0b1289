"""A consumer that takes many facts acts on them in one go, and on each alone when that fails."""

from dataclasses import replace

import pytest
from apps.bakery.events import DoughMade, LoafOrdered
from apps.bakery.handlers import Burnt
from celery.exceptions import SoftTimeLimitExceeded
from django.db.models import F

from commerce.events import consumers, inbox, relay
from commerce.events.models import Delivery, Fact, Handled
from commerce.events.tasks import deliver_together
from commerce.telemetry import following
from commerce.testing import deliver_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bakery")]
TRACE = "00-{}-b7ad6b7169203331-01"


def handed_out(announce, *customers: str) -> list[int]:
    """Announce dough for some customers, and have the relay take the deliveries."""
    announce(*map(DoughMade, customers))
    return [each.pk for each in relay.claim()]


def waiting() -> list[str]:
    """List whose dough is still to be shaped."""
    return [each.aggregate for each in Delivery.objects.filter(consumer__endswith="shape")]


def test_acts_on_many_in_one_go(announce, bakery):
    deliveries = handed_out(announce, "alice", "bob", "carol")
    deliver_together(deliveries=deliveries)
    assert bakery.entries() == [("alice", 3), ("bob", 3), ("carol", 3)]
    assert not waiting()
    assert Handled.objects.count() == 3


def test_one_that_fails_keeps_none_of_the_others_waiting(announce, bakery):
    deliveries = handed_out(announce, "alice", "sticky", "bob")
    with pytest.raises(Burnt):
        deliver_together(deliveries=deliveries)
    assert set(bakery.entries()) == {("alice", 3), ("alice", 1), ("bob", 1)}
    [left] = Delivery.objects.filter(consumer__endswith="shape")
    assert (left.aggregate, left.attempts) == ("sticky", 1)
    assert left.last_error == "Burnt: it sticks"


def test_message_that_comes_twice_does_nothing(announce, bakery):
    deliveries = handed_out(announce, "alice", "bob")
    deliver_together(deliveries=deliveries)
    deliver_together(deliveries=deliveries)
    assert len(bakery.entries()) == 2


def test_what_somebody_has_begun_is_left_to_him(announce, bakery):
    deliveries = handed_out(announce, "alice", "bob")
    Delivery.objects.filter(aggregate="alice").update(attempts=F("attempts") + 1)
    deliver_together(deliveries=deliveries)
    assert bakery.entries() == [("bob", 1)]


def test_attempt_that_takes_its_worker_with_it_counts_for_all(announce):
    inbox.begin(handed_out(announce, "alice", "bob"), attempt=0)
    assert {each.attempts for each in Delivery.objects.all()} == {1}


def test_attempt_that_takes_too_long_is_kept_for_later(announce, bakery, monkeypatch):
    deliveries = handed_out(announce, "alice", "bob")
    shape = consumers.find("apps.bakery.handlers.shape")

    def late(facts):
        raise SoftTimeLimitExceeded

    monkeypatch.setitem(consumers.registry, shape.name, replace(shape, handle=late))
    with pytest.raises(SoftTimeLimitExceeded):
        deliver_together(deliveries=deliveries)
    assert bakery.entries() == []
    assert {each.last_error for each in Delivery.objects.all()} == {
        "SoftTimeLimitExceeded: SoftTimeLimitExceeded()"
    }


def test_each_is_announced_on_behalf_of_its_own_request(announce):
    requests = {"alice": "a" * 32, "bob": "b" * 32}
    for customer, request in requests.items():
        with following(TRACE.format(request)):
            announce(DoughMade(customer))
    deliver_together(deliveries=[each.pk for each in relay.claim()])
    told = Fact.objects.filter(name=LoafOrdered.name).values_list("aggregate", "request_id")
    assert dict(told) == requests


def test_travels_with_its_like_and_alone_once_tried(announce):
    announce(LoafOrdered("dora"), *map(DoughMade, ["alice", "bob", "carol"]))
    batch = relay.claim()
    batch[-1].attempts = 1
    groups = [[each.aggregate for each in group] for group in relay.grouped(batch)]
    assert sorted(groups) == [["alice", "bob"], ["carol"], ["dora"]]


def test_one_fact_alone_comes_as_many_too(announce, bakery):
    announce(DoughMade("alice"))
    deliver_all()
    assert ("alice", 1) in bakery.entries()
