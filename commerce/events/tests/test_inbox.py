"""Each consumer acts on a fact once in effect."""

import time

import pytest
from apps.bakery.events import LoafOrdered, OvenLit
from apps.bakery.handlers import Burnt
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from commerce.events import inbox
from commerce.events.consumers import UnknownConsumer
from commerce.events.facts import UnknownFact
from commerce.events.models import Delivery, Fact, Handled
from commerce.events.pause import LAST_ATTEMPT
from commerce.telemetry import following
from commerce.testing import deliver_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bakery")]


TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def attempt(delivery: Delivery, number: int = 0) -> None:
    inbox.deliver(delivery=delivery.pk, attempt=number)


def rest(delivery: Delivery) -> float:
    """Say in how many seconds a delivery is due."""
    left = Delivery.objects.annotate(left=F("due_at") - Now()).get(pk=delivery.pk).left
    return left.total_seconds()


def test_handles_and_settles(announce, bakery):
    announce(LoafOrdered("alice", 3))
    deliver_all()
    assert bakery.entries() == [("alice", 3)]
    assert Handled.objects.get().fact == Fact.objects.get().uuid
    assert not Delivery.objects.exists()


def test_repeatable_handler_runs_outside_any_transaction(announce, bakery):
    announce(OvenLit("big"))
    deliver_all()
    assert bakery.entries() == [("big", 0)]
    assert Handled.objects.get().consumer == "apps.bakery.handlers.heat"
    assert not Delivery.objects.exists()


def test_same_message_again_does_nothing(announce, bakery):
    announce(LoafOrdered("alice"))
    delivery = Delivery.objects.get()
    attempt(delivery)
    attempt(delivery)
    assert len(bakery.entries()) == 1


def test_fact_that_was_handled_is_not_handled_again(announce, bakery):
    announce(LoafOrdered("alice"))
    again = Delivery.objects.get()
    deliver_all()
    again.save(force_insert=True)
    deliver_all()
    assert len(bakery.entries()) == 1
    assert not Delivery.objects.exists()


def test_handler_works_on_behalf_of_the_request_that_announced(announce):
    with following(TRACE):
        announce(LoafOrdered("alice"))
    deliver_all()
    with connection.cursor() as cursor:
        cursor.execute("SELECT request FROM bakery_ledger")
        assert cursor.fetchall() == [(TRACE.split("-")[1],)]


def test_failure_undoes_the_effect_and_is_kept_with_its_reason(announce, bakery):
    announce(LoafOrdered("burnt"))
    delivery = Delivery.objects.get()
    with pytest.raises(Burnt):
        attempt(delivery)
    delivery.refresh_from_db()
    assert (delivery.attempts, delivery.last_error) == (1, "Burnt: black bread")
    assert bakery.entries() == []
    assert not Handled.objects.exists()


def test_rests_twice_as_long_after_each_failure_up_to_five_minutes(announce):
    announce(LoafOrdered("burnt"))
    delivery, rests = Delivery.objects.get(), []
    for number in range(LAST_ATTEMPT):
        with pytest.raises(Burnt):
            attempt(delivery, number)
        rests.append(rest(delivery))
    assert rests == pytest.approx(
        [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300], rel=0.26, abs=1
    )


def test_deliveries_that_failed_together_do_not_come_back_together(announce):
    announce(LoafOrdered("burnt"), LoafOrdered("burnt", 2))
    Delivery.objects.update(attempts=LAST_ATTEMPT - 2)
    for delivery in Delivery.objects.all():
        with pytest.raises(Burnt):
            attempt(delivery, LAST_ATTEMPT - 2)
    first, second = (rest(delivery) for delivery in Delivery.objects.all())
    assert abs(first - second) > 0.01


def test_dies_of_the_last_failure_and_is_not_tried_again(announce, bakery):
    announce(LoafOrdered("burnt"))
    delivery = Delivery.objects.get()
    Delivery.objects.update(attempts=LAST_ATTEMPT - 1)
    with pytest.raises(Burnt):
        attempt(delivery, LAST_ATTEMPT - 1)
    delivery.refresh_from_db()
    assert delivery.died_at is not None
    attempt(delivery, LAST_ATTEMPT)
    assert bakery.entries() == []


def test_counts_an_attempt_that_takes_its_worker_with_it(announce):
    announce(OvenLit("big"))
    delivery = Delivery.objects.get()
    assert inbox.begin([delivery.pk], 0)
    delivery.refresh_from_db()
    assert delivery.attempts == 1
    assert rest(delivery) == pytest.approx(inbox.LEASE.total_seconds(), abs=1)


def test_handler_that_is_gone_is_said_plainly_and_the_delivery_kept(announce):
    announce(LoafOrdered("alice"))
    delivery = Delivery.objects.get()
    Delivery.objects.update(consumer="apps.bakery.handlers.knead")
    with pytest.raises(UnknownConsumer, match=r"handlers\.knead: no installed context"):
        attempt(delivery)
    assert Delivery.objects.get().last_error.startswith("UnknownConsumer: apps.bakery")


def test_fact_that_is_gone_is_said_plainly_and_the_delivery_kept(announce):
    announce(LoafOrdered("alice"))
    Fact.objects.update(name="bakery.MillBurnt")
    with pytest.raises(UnknownFact, match=r"bakery\.MillBurnt"):
        attempt(Delivery.objects.get())
    assert Delivery.objects.get().last_error.startswith("UnknownFact: bakery.MillBurnt")


@pytest.mark.django_db(transaction=True)
def test_eight_workers_with_the_same_message_act_once(announce, bakery, at_once):
    announce(LoafOrdered("slow"))
    delivery = Delivery.objects.get()
    at_once(8, lambda: attempt(delivery))
    assert bakery.entries() == [("slow", 1)]


@pytest.mark.django_db(transaction=True)
def test_eight_workers_begin_a_repeatable_handler_once(announce, bakery, at_once):
    announce(OvenLit("big"))
    delivery = Delivery.objects.get()
    at_once(8, lambda: attempt(delivery))
    assert bakery.entries() == [("big", 0)]


@pytest.mark.django_db(transaction=True)
def test_second_worker_leaves_a_delivery_that_is_being_handled(announce, bakery, at_once):
    announce(LoafOrdered("slow"))
    delivery, roles = Delivery.objects.get(), iter(["first", "second"])

    def handle_or_come_later() -> None:
        if next(roles) == "first":
            return attempt(delivery)
        while not Delivery.objects.filter(attempts=1):
            time.sleep(0.01)
        time.sleep(0.1)
        return attempt(delivery, 1)

    at_once(2, handle_or_come_later)
    assert bakery.entries() == [("slow", 1)]
