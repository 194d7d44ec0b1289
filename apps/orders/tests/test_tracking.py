"""Guests find their own order, and nobody finds another's by trying."""

import pytest

from .. import service
from ..interface import Status
from .rows import order_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop")]
PAGE = "/orders/"


def track(client, number, email="ada@example.com"):
    origin = {"Origin": "http://testserver"}
    return client.post(PAGE, {"number": number, "email": email}, headers=origin)


@pytest.fixture
def order():
    return order_row(Status.PAID)


def test_number_and_address_lead_to_the_order(client, order):
    for number in (order.number, order.number.lower(), order.number[2:]):
        answer = track(client, f" {number} ", "ADA@example.com ")
        assert (answer.status_code, answer.url) == (302, service.order_path(order.pk))


@pytest.mark.parametrize("email", ["", "bob@example.com", "ada@example.co", "a" * 999, "%", "\x00"])
def test_one_answer_for_all_that_does_not_go_together(client, order, email):
    wrong, unknown = track(client, order.number, email), track(client, "H-1", email)
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert wrong.content.replace(order.number.encode(), b"H-1") == unknown.content


@pytest.mark.parametrize("number", ["", "H-", "\x00", "%", "H-\u0661", "9" * 30, "H-H-1"])
def test_strange_numbers_are_no_orders(client, number):
    assert track(client, number).status_code == 422


def test_an_order_without_an_address_is_found_by_nobody(client):
    order = order_row(Status.PAID, email="")
    assert track(client, order.number, "").status_code == 422


def test_attempts_that_were_never_accepted_are_not_found(client):
    order = order_row(Status.REFUSED)
    assert track(client, order.number).status_code == 422


def test_guessing_the_address_of_an_order_is_limited(client, order, settings):
    settings.LIMITS = True
    tried = [track(client, order.number, f"{n}@example.com").status_code for n in range(9)]
    assert (tried.count(422), tried.count(429)) == (5, 4)
    assert track(client, order.number).status_code == 429
