"""What was handled long ago is forgotten; what anybody still needs stays."""

from datetime import timedelta
from uuid import UUID

import pytest
from apps.bakery.events import LoafOrdered, NobodyCame
from django.db import connection, transaction
from django.db.models import F
from psycopg import connect

from commerce.events import trim
from commerce.events.models import Delivery, Fact, Handled
from commerce.testing import deliver_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bakery")]


def aged(days: int) -> None:
    """Have everything been longer ago."""
    Fact.objects.update(occurred_at=F("occurred_at") - timedelta(days=days))
    for note in Handled.objects.all():
        older = note.fact.int - (days * 86_400_000 << 80)
        Handled.objects.filter(pk=note.pk).update(fact=UUID(int=older))


def test_forgets_facts_that_everybody_handled_a_week_ago(announce):
    announce(LoafOrdered("alice"), NobodyCame())
    deliver_all()
    aged(days=6)
    announce(NobodyCame())
    assert trim.trim() == 0
    aged(days=1)
    announce(NobodyCame())
    assert trim.trim() == 2
    assert Fact.objects.count() == 2


def test_fact_that_somebody_has_not_handled_stays(announce):
    announce(LoafOrdered("alice"))
    aged(days=400)
    assert trim.trim() == 0
    assert Delivery.objects.get().fact.name == "bakery.LoafOrdered"


def test_note_outlives_its_fact_by_a_month(announce):
    announce(LoafOrdered("alice"))
    deliver_all()
    aged(days=36)
    trim.trim()
    assert Handled.objects.exists()
    aged(days=2)
    trim.trim()
    assert not Handled.objects.exists()


def test_goes_on_past_what_has_to_stay(announce, monkeypatch):
    monkeypatch.setattr(trim, "BATCH", 2)
    announce(*(LoafOrdered("alice", number) for number in range(3)))
    announce(*(NobodyCame() for _ in range(5)))
    aged(days=8)
    assert trim.trim() == 5


def test_setting_says_for_how_long(announce, settings):
    settings.OUTBOX_DAYS = 30
    announce(NobodyCame())
    aged(days=29)
    assert trim.trim() == 0


@pytest.mark.django_db(transaction=True)
def test_waits_for_nobody_who_has_a_fact_locked(announce):
    announce(NobodyCame(), NobodyCame())
    aged(days=8)
    first = Fact.objects.earliest("id")
    with connect(**connection.get_connection_params()) as other:
        other.execute("SELECT FROM events_outbox WHERE id = %s FOR UPDATE", [first.pk])
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '100ms'")
            assert trim.trim() == 1
