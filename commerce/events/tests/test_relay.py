"""Due deliveries are handed out in order, each to one relay, again and again until handled."""

from datetime import timedelta

import pytest
from apps.bakery.events import LoafOrdered
from apps.bakery.handlers import Burnt
from celery import current_app
from django.db.models import F
from django.db.models.functions import Now
from kombu import Connection, Queue, pools

from commerce.events import inbox, relay
from commerce.events.models import Delivery
from commerce.events.pause import LAST_ATTEMPT
from commerce.events.tasks import deliver
from commerce.testing import deliver_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bakery")]


def pass_time(seconds: float) -> None:
    """Let everything be due so much sooner."""
    Delivery.objects.update(due_at=F("due_at") - timedelta(seconds=seconds))


def claimed() -> list[tuple[str, int]]:
    """Claim what is due; say of whom, and which of their facts."""
    facts = [delivery.fact for delivery in relay.claim()]
    return [(fact.aggregate, fact.payload["number"]) for fact in facts]


def test_takes_the_oldest_first(announce):
    for customer in ["alice", "bob", "carol"]:
        announce(LoafOrdered(customer))
    oldest = relay.claim(limit=2)
    assert [delivery.aggregate for delivery in oldest] == ["alice", "bob"]


def test_takes_only_the_first_of_each_aggregate(announce):
    announce(LoafOrdered("alice", 1), LoafOrdered("alice", 2), LoafOrdered("bob", 1))
    assert claimed() == [("alice", 1), ("bob", 1)]
    pass_time(3)
    assert claimed() == [("alice", 1), ("bob", 1)]


def test_goes_on_with_an_aggregate_when_its_first_is_handled(announce):
    announce(LoafOrdered("alice", 1), LoafOrdered("alice", 2))
    first = relay.claim()[0]
    inbox.deliver(delivery=first.pk, attempt=0)
    assert claimed() == [("alice", 2)]


def test_facts_of_one_aggregate_are_handled_in_order(announce, bakery):
    announce(*(LoafOrdered("alice", number) for number in range(20)))
    deliver_all()
    assert [number for _, number in bakery.entries()] == list(range(20))


def test_failed_or_dead_delivery_holds_up_its_aggregate_alone(announce):
    announce(LoafOrdered("burnt", 1), LoafOrdered("burnt", 2), LoafOrdered("bob", 1))
    with pytest.raises(Burnt):
        deliver_all()
    assert claimed() == [("bob", 1)]
    pass_time(3)
    Delivery.objects.filter(attempts=1).update(died_at=Now())
    assert claimed() == [("bob", 1)]


def test_hands_out_again_at_growing_intervals(announce):
    announce(LoafOrdered("alice"))
    rests = []
    for _ in range(10):
        assert claimed() == [("alice", 1)]
        left = Delivery.objects.annotate(left=F("due_at") - Now()).get().left.total_seconds()
        assert claimed() == []
        pass_time(left)
        rests.append(left)
    assert rests == pytest.approx([2, 4, 8, 16, 30, 30, 30, 30, 30, 30], abs=1)


def test_delivery_no_worker_ever_began_does_not_die(announce):
    announce(LoafOrdered("alice"))
    for _ in range(3 * LAST_ATTEMPT):
        assert claimed() == [("alice", 1)]
        pass_time(301)
    assert Delivery.objects.get(died_at=None).attempts == 0


def test_delivery_that_took_its_last_worker_with_it_is_dead(announce):
    announce(LoafOrdered("alice"))
    Delivery.objects.update(attempts=LAST_ATTEMPT)
    assert relay.claim() == []
    assert Delivery.objects.exclude(died_at=None).get().last_error.startswith("The worker was lost")


def test_older_messages_are_stale_once_a_worker_has_begun(announce, bakery):
    announce(LoafOrdered("burnt"))
    (first,) = relay.claim()
    pass_time(3)
    (second,) = relay.claim()
    with pytest.raises(Burnt):
        inbox.deliver(delivery=first.pk, attempt=first.attempts)
    inbox.deliver(delivery=second.pk, attempt=second.attempts)
    assert Delivery.objects.get().attempts == 1


@pytest.mark.parametrize("handed", [0, 3])
def test_what_the_broker_did_not_take_is_due_at_once(announce, monkeypatch, handed):
    announce(LoafOrdered("alice"), LoafOrdered("bob"))
    Delivery.objects.update(handed=handed)
    nobody = pools.producers[Connection("redis://127.0.0.1:1")]
    monkeypatch.setattr(current_app.amqp, "_producer_pool", nobody)
    with pytest.raises(relay.BROKER):
        relay.hand_out()
    assert Delivery.objects.filter(handed=handed, due_at__lte=Now()).count() == 2


def test_copies_do_not_pile_up_while_no_worker_takes_them(announce, queue, monkeypatch):
    monkeypatch.setattr(relay, "SOME", 1)
    announce(LoafOrdered("alice"), LoafOrdered("bob"))
    for _ in range(3):
        relay.hand_out()
        pass_time(15)
        assert waiting(queue) == 1  # both in one message
    announce(LoafOrdered("carol"))
    relay.hand_out()
    assert waiting(queue) == 2
    pass_time(61)
    relay.hand_out()
    assert waiting(queue) == 3  # who knows
    queue.purge()
    pass_time(31)
    relay.hand_out()
    assert waiting(queue) == 1  # copies travel together as well


def test_what_may_kill_its_worker_travels_alone(announce):
    announce(*(LoafOrdered(str(number)) for number in range(relay.TOGETHER + 3)))
    poison, *others = relay.claim()
    poison.attempts = 1
    groups = relay.grouped([poison, *others])
    assert sorted(map(len, groups)) == [1, 2, relay.TOGETHER]
    assert [poison] in groups


def test_a_delivery_that_fails_keeps_none_of_the_others_waiting(announce, bakery):
    announce(LoafOrdered("burnt"), LoafOrdered("alice"), LoafOrdered("bob"))
    first, *others = ((each.pk, each.attempts) for each in relay.claim())
    with pytest.raises(Burnt):
        deliver(delivery=first[0], attempt=0, others=others)
    assert [each.pk for each in Delivery.objects.all()] == [first[0]]


@pytest.fixture
def queue():
    """The queue of the orders' workers, empty before and after."""
    with current_app.connection_for_write() as connection:
        found = current_app.amqp.queues["orders"](connection.default_channel)
        found.purge()
        yield found
        found.purge()


def waiting(queue: Queue) -> int:
    return queue.queue_declare().message_count


@pytest.mark.django_db(transaction=True)
def test_eight_relays_at_once_never_take_the_same_delivery(announce, at_once):
    announce(*(LoafOrdered(f"customer {number}") for number in range(400)))
    batches = at_once(8, relay.claim)
    taken = [delivery.pk for batch in batches for delivery in batch]
    assert len(taken) == len(set(taken)) > 100
