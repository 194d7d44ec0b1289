"""Finished orders leave the live tables whole, are found as before, and come back as they were."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from commerce import clock
from commerce.events import publish
from commerce.testing import deliver_all

from .. import service
from ..events import OrderPlaced
from ..interface import Delivery, Payment, Status
from ..models import Archived, Effect, Event, Line, Order, Refund, Shipment, ShipmentLine
from ..service.archive import BELONGINGS, first_of
from .rows import order_row

pytestmark = pytest.mark.django_db
EVE = "staff:eve"


def old(status=Status.PAID, *, days=500, delivery=Delivery.DELIVERED, **values) -> Order:
    """Keep an order of long ago with something of everything."""
    moment = clock.now() - timedelta(days=days)
    name = UUID(int=first_of(moment).int | uuid4().int >> 48)
    values |= {"delivery": delivery.value, "payment": Payment.CAPTURED.value}
    order = order_row(status, id=name, **values | {"accepted_at": moment})
    Event.objects.create(order=order, actor="eve", what=status.value, why="é")
    Effect.objects.create(order=order, kind="confirmation mail")
    parcel = Shipment.objects.create(order=order, place=1, key="k", state="delivered")
    line = Line.objects.get(order=order)
    ShipmentLine.objects.create(shipment=parcel, line=line, position=1, quantity=1)
    Refund.objects.create(
        order=order, key="k", cause="goodwill", state="made", minor=1, to_payment=1
    )
    service.invoice(order=order.pk)
    return order


def everything(order: UUID) -> dict[str, list[tuple]]:
    """Read all rows of an order from the live tables."""
    tables = {"orders_order": "id", **dict.fromkeys(BELONGINGS.values(), "order_id")}
    found = {}
    with connection.cursor() as cursor:
        for table, column in tables.items():
            cursor.execute(f"SELECT * FROM {table} WHERE {column} = %s ORDER BY id", [order])
            found[table] = cursor.fetchall()
    found["parcels"] = list(ShipmentLine.objects.filter(shipment__order=order).values())
    return found


def test_finished_order_is_in_one_place_and_looks_the_same():
    order = old(customer=uuid4())
    shown, documents = service.show(order=order.pk), service.invoices_of(order.pk)
    assert service.archive_finished() == 1
    assert not any(everything(order.pk).values())
    assert service.show(order=order.pk) == shown
    found = service.invoices_of(order.pk)
    assert [(each.number, each.content, each.issued_at) for each in found] == [
        (each.number, each.content, each.issued_at) for each in documents
    ]
    assert service.find(number=order.number, email="ada@example.com") == order.pk
    assert service.archive_finished() == 0


def test_order_comes_back_as_it_was():
    order = old()
    before = everything(order.pk)
    service.archive_finished()
    assert service.bring_back(order=order.pk)
    assert everything(order.pk) == before
    assert not Archived.objects.exists()
    assert not service.bring_back(order=order.pk)
    service.refund(order=order.pk, minor=5, actor=EVE, why="Late", key="again")


def test_history_of_a_customer_goes_through_both_in_one_query(django_assert_num_queries):
    whose = uuid4()
    orders = [old(customer=whose, days=days) for days in (410, 450, 480, 900)]
    orders.insert(1, old(customer=whose, days=430, delivery=Delivery.SHIPPED))
    assert service.archive_finished() == 4
    with django_assert_num_queries(1):
        found = service.mine(customer=whose, most=10)
    assert [each.id for each in found] == [order.pk for order in orders]
    later = service.mine(customer=whose, before=orders[1].pk, most=2)
    assert [each.id for each in later] == [orders[2].pk, orders[3].pk]


@pytest.mark.parametrize(
    "unfinished",
    [
        {"delivery": Delivery.SHIPPED},
        {"status": Status.PLACED},
        {"on_hold": True},
        {"days": 300},
    ],
)
def test_what_is_young_or_not_finished_stays(unfinished):
    old(**unfinished)
    assert service.archive_finished() == 0


def test_what_somebody_has_still_to_do_something_for_stays():
    order, due = old(), old()
    with transaction.atomic():
        publish(OrderPlaced(order=order.pk))
    Refund.objects.filter(order=due).update(state="due")
    assert service.archive_finished() == 0
    deliver_all()
    assert service.archive_finished() == 1


def test_each_month_has_a_partition():
    old(days=410), old(days=450), old(days=451)
    service.archive_finished()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text, id FROM orders_archive")
        placed = {str(name): table for table, name in cursor.fetchall()}
    for order in Archived.objects.all():
        assert placed[str(order.pk)] == f"orders_archive_{order.accepted_at:%Y_%m}"


def test_story_and_invoice_go_only_when_the_archive_has_them():
    order = old()
    refused = pytest.raises(DatabaseError)
    for table in ("orders_event", "orders_invoice"):
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE order_id = %s", [order.pk])


@pytest.mark.parametrize("change", ["DELETE FROM", "UPDATE"])
def test_archive_keeps_what_it_has(change):
    old()
    service.archive_finished()
    word = "SET email = 'x'" if change == "UPDATE" else ""
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{change} orders_archive {word}")


def test_all_that_belongs_to_an_order_moves_with_it():
    related = {each.related_model._meta.db_table for each in Order._meta.related_objects}
    assert related == set(BELONGINGS.values())


def test_merchant_finds_an_archived_order_and_brings_it_back(admin_client):
    order = old()
    service.archive_finished()
    found = admin_client.get(reverse("admin:orders_archived_changelist"), {"q": order.number}).text
    place = reverse("admin:orders_archived_change", args=[order.pk])
    assert place in found
    assert order.number in admin_client.get(place).text
    answer = admin_client.post(reverse("admin:orders_archived_bring_back", args=[order.pk]))
    assert answer.url == reverse("admin:orders_order_change", args=[order.pk])
    assert Order.objects.filter(pk=order.pk).exists()


def test_shopper_follows_an_archived_order_by_the_same_link(client):
    order = old()
    path = service.order_path(order.pk)
    before = client.get(path)
    service.archive_finished()
    after = client.get(path)
    assert (before.status_code, after.status_code) == (200, 200)
    assert order.number in after.text
