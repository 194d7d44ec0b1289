"""What pages of orders ask of the database: as much for one line, or one order, as for many."""

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commerce import ids
from commerce.rest.tokens import read
from commerce.testing.members import join

from .. import service
from ..interface import Payment, Status
from ..models import Event, Line, Order, Refund, Return, Shipment, ShipmentLine
from ..service.show import show_all
from .rows import order_row

pytestmark = pytest.mark.django_db
MANY = 12


def ordered(customer=None, *, times=1) -> Order:
    """Keep an order with so many of everything that can belong to one."""
    order = order_row(Status.PAID, customer=customer, payment=Payment.CAPTURED.value)
    for place in range(2, times + 1):
        known = Line.objects.filter(order=order).values().first()
        Line.objects.create(**known | {"id": None, "position": place})
    for place in range(1, times + 1):
        Event.objects.create(order=order, actor="eve", what="on hold", why="a look")
        parcel = Shipment.objects.create(order=order, place=place, key=str(place))
        line = Line.objects.get(order=order, position=place)
        ShipmentLine.objects.create(shipment=parcel, line=line, position=place, quantity=1)
        Return.objects.create(order=order, place=place, key=str(place), goods=[[place, 1]])
        Refund.objects.create(order=order, key=str(place), cause="goodwill", minor=1, to_payment=1)
    return order


def asked(client: Client, path: str, **more) -> list[str]:
    """List what a page asks, once all that is remembered is remembered."""
    client.get(path, **more)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path, **more)
    assert answer.status_code == 200, answer.content
    return [query["sql"] for query in queries]


@pytest.fixture
def ada(db):
    return join("ada@example.com", "Ada")


def test_page_of_an_order_asks_as_much_for_many_lines_as_for_one(client):
    few, many = ordered(), ordered(times=MANY)
    counts = [len(asked(client, service.order_path(each.pk))) for each in (few, many)]
    assert counts[0] == counts[1] <= 4


def test_customers_own_order_asks_as_much_for_many_lines_as_for_one(ada):
    whose = read(ada.tokens["access_token"]).customer
    counts = []
    for order in (ordered(whose), ordered(whose, times=MANY)):
        path = f"/api/orders/v1/orders/{ids.public('ord', order.pk)}"
        counts.append(len(asked(Client(), path, headers=ada.bearer)))
    assert counts[0] == counts[1] <= 3


@pytest.mark.parametrize("path", ["/account/", "/api/orders/v1/orders"])
def test_history_of_a_customer_asks_as_much_for_many_orders_as_for_one(ada, path):
    whose = read(ada.tokens["access_token"]).customer
    ordered(whose)
    browser = ada.browser()
    before = len(asked(browser, path, headers=ada.bearer))
    for _ in range(MANY):
        ordered(whose, times=2)
    assert len(asked(browser, path, headers=ada.bearer)) == before <= 3


def test_merchants_list_asks_as_much_for_many_orders_as_for_one(admin_client):
    place = reverse("admin:orders_order_changelist")
    ordered()
    before = len(asked(admin_client, place))
    for _ in range(MANY):
        ordered(times=2)
    assert len(asked(admin_client, place)) == before


def test_merchants_page_asks_as_much_for_many_lines_as_for_one(admin_client):
    counts = []
    for order in (ordered(), ordered(times=MANY)):
        place = reverse("admin:orders_order_change", args=[order.pk])
        counts.append(len(asked(admin_client, place)))
    assert counts[0] == counts[1]


def test_several_orders_are_read_by_one_statement(django_assert_num_queries):
    orders = [ordered(times=2).pk for _ in range(3)]
    with django_assert_num_queries(1):
        found = show_all(orders)
    assert [each.id for each in found] == orders


def test_workers_ask_as_much_for_many_orders_as_for_one():
    def placed(times: int) -> list[str]:
        rows = [
            order_row(Status.ACCEPTED, customer=ids.new(), accepted_at=Now()) for _ in range(times)
        ]
        with CaptureQueriesContext(connection) as queries:
            service.confirm(row.pk for row in rows)
        return [query["sql"] for query in queries]

    assert len(placed(1)) == len(placed(MANY)) == 2
