"""Today in two queries."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from commerce.money import Money

from ..interface import Status
from ..service.figures import Today, today
from .rows import order_row

pytestmark = pytest.mark.django_db


def test_counts_today_and_what_waits(django_assert_num_queries):
    order_row(Status.ACCEPTED)
    order_row(Status.PLACED, payment="awaited")
    order_row(Status.PLACED, payment="refused")
    order_row(Status.PAID, payment="captured", currency="USD")
    order_row(Status.PLACED, payment="awaited", accepted_at=Now() - timedelta(days=2))
    order_row(Status.CANCELLED, accepted_at=Now())
    order_row(Status.PLACING)
    with django_assert_num_queries(2):
        assert today() == Today(
            orders=4,
            revenue=(Money(4470, "EUR"), Money(1490, "USD")),
            to_confirm=1,
            to_settle=3,
        )


def test_quiet_day_is_empty():
    assert today() == Today(orders=0, revenue=(), to_confirm=0, to_settle=0)
