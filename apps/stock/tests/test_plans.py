"""No table is read from end to end on the way to a reservation, however small it looked before."""

from uuid import uuid4

import pytest
from django.db import connection

from apps.stock.interface import stock
from apps.stock.tests.shelf import commit, lines, reserve

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = ("stock_hold", "stock_level", "stock_allocation", "stock_lapse", "stock_terms")


def read_from_end_to_end() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush(), pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT sum(seq_scan) FROM pg_stat_user_tables WHERE relname = ANY(%s)", [[*TABLES]]
        )
        return int(cursor.fetchone()[0])


def buy(cart, **quantities):
    reserve(cart, **quantities)
    stock.extend(cart=cart)
    commit(uuid4(), cart, **quantities)
    stock.release(cart=cart)


def test_small_tables_are_looked_up_like_large_ones():
    stock.count(lines=lines(MUG=100, TEE=100), reference="opening")
    before = read_from_end_to_end()
    buy(uuid4(), MUG=1)
    buy(uuid4(), MUG=1, TEE=2)
    assert read_from_end_to_end() == before
