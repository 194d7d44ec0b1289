"""Today in two queries."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from commerce.money import Money

from ..interface import Status
from ..service.figures import Sales, Today, last_days, today
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


def test_counts_each_of_the_last_days_and_quiet_ones_too(django_assert_num_queries):
    order_row(Status.PAID)
    order_row(Status.PAID, currency="USD")
    order_row(Status.PLACED, accepted_at=Now() - timedelta(days=2))
    order_row(Status.PLACED, accepted_at=Now() - timedelta(days=3))
    order_row(Status.REFUSED)
    day = timezone.localdate()
    with django_assert_num_queries(1):
        assert last_days(3) == (
            Sales(day - timedelta(days=2), 1, (Money(1490, "EUR"),)),
            Sales(day - timedelta(days=1), 0, ()),
            Sales(day, 2, (Money(1490, "EUR"), Money(1490, "USD"))),
        )
