"""The answer comes when a worker has confirmed, and no connection is held until then."""

import threading
import time

import pytest
from django.db import connection

from commerce import ids
from commerce.proof import prove

from .. import service
from ..interface import Status
from ..service.wait import LOOK, WAITERS, listen
from .rows import order_row

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shop")]


def ask(client, order, seconds):
    token = {"X-Cart-Token": prove("cart", order.cart)}
    path = f"/api/orders/v1/orders/{ids.public('ord', order.pk)}?wait={seconds}"
    return client.get(path, headers=token)


def test_answers_as_soon_as_the_order_is_placed(client):
    order = order_row(Status.ACCEPTED)
    worker = threading.Timer(0.4, confirm, [order.pk])
    worker.start()
    began = time.monotonic()
    assert ask(client, order, 20).json()["status"] == "placed"
    assert time.monotonic() - began < 10
    worker.join()


def test_answers_as_it_stands_when_time_is_over(client):
    answer = ask(client, order_row(Status.ACCEPTED), 1)
    assert (answer.status_code, answer.json()["status"]) == (200, "accepted")


def test_does_not_wait_for_what_is_settled(client):
    began = time.monotonic()
    assert ask(client, order_row(Status.PAID), 20).json()["status"] == "paid"
    assert time.monotonic() - began < 5


def test_change_wakes_who_waits():
    order = order_row(Status.ACCEPTED)
    service.confirm([order.pk])
    began = time.monotonic()
    listen(order.pk, LOOK)
    assert time.monotonic() - began < LOOK


def test_holds_no_connection_while_waiting():
    order = order_row(Status.ACCEPTED)
    before = others_connected()
    waiter = threading.Thread(target=wait, args=[order.pk])
    waiter.start()
    time.sleep(0.2)
    assert others_connected() == before
    waiter.join()


def test_does_not_let_everybody_wait_at_once():
    order = order_row(Status.ACCEPTED)
    held = [WAITERS.acquire(blocking=False) for _ in range(4)]
    try:
        began = time.monotonic()
        service.wait_until_settled(order=order.pk, seconds=5)
        assert time.monotonic() - began < 1
    finally:
        assert held == [True] * 4
        WAITERS.release(4)


def wait(order):
    """Wait for an order that nobody confirms, as a thread of a web server does."""
    service.wait_until_settled(order=order, seconds=0.6)
    connection.close()


def others_connected():
    """Count the connections to this database besides this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0]


def confirm(order):
    """Do what a worker does, on a connection of its own."""
    service.confirm([order])
    connection.close()
