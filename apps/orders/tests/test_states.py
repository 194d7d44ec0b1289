"""Orders move along the table and nowhere else."""

from itertools import product

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from commerce import ids

from ..domain import NEXT, Action, ForbiddenChange, possible
from ..interface import Payment, Status
from ..models import Event, Order
from ..service import intents
from ..service.change import change, note
from .rows import order_row

PAIRS = list(product(Status, Status))


def test_table_knows_every_state():
    assert set(NEXT) == set(Status)


def test_accepted_order_can_never_be_refused():
    reached, frontier = set(), {Status.ACCEPTED}
    while frontier:
        reached |= frontier
        frontier = {after for state in frontier for after in NEXT[state]} - reached
    assert reached == {Status.ACCEPTED, Status.PLACED, Status.PAID, Status.CANCELLED}


@pytest.mark.django_db
@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_changes_along_the_table_only(before, after):
    order = order_row(before)
    if after in NEXT[before]:
        assert change(order.pk, before, after, actor="test")
        order.refresh_from_db()
        assert (order.status, order.version) == (after.value, 2)
        assert order.events.get().what == after.value
    else:
        with pytest.raises(ForbiddenChange):
            change(order.pk, before, after, actor="test")


@pytest.mark.django_db
@pytest.mark.parametrize(("there", "expected"), PAIRS)
def test_changes_nothing_from_another_state(there, expected):
    order = order_row(there)
    for after in NEXT[expected] if there != expected else ():
        assert not change(order.pk, expected, after, actor="test")
    order.refresh_from_db()
    assert (order.status, order.version, order.events.count()) == (there.value, 1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("meddle", ["UPDATE orders_event SET why = ''", "DELETE FROM orders_event"])
def test_story_is_only_ever_added_to(meddle):
    note(order_row(Status.PLACED).pk, actor="test", what="placed")
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        connection.cursor().execute(meddle)
    assert Event.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values", [{"status": "lost"}, {"grand": 1}, {"subtotal": -5, "grand": -5}]
)
def test_database_refuses_what_cannot_be(values):
    order = order_row(Status.PLACED)
    with pytest.raises(DatabaseError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(**values)


@pytest.mark.django_db
@pytest.mark.parametrize("same", [{"cart": ids.new()}, {"caller": "ct:ada", "key": "first"}])
def test_database_keeps_one_order_for_a_cart_and_a_key(same):
    order_row(Status.PLACING, **same)
    with pytest.raises(IntegrityError), transaction.atomic():
        order_row(Status.PLACING, **same)


@pytest.mark.django_db
def test_refused_attempts_leave_the_cart_free():
    cart = ids.new()
    order_row(Status.REFUSED, cart=cart)
    order_row(Status.REFUSED, cart=cart)
    assert order_row(Status.ACCEPTED, cart=cart).number


@pytest.mark.django_db
def test_promise_is_on_disk_whatever_the_servers_default():
    intent = intents.read(order_row(Status.PLACING).pk)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")
        assert intents.move(intent, Status.ACCEPTED, actor="test")
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)


@pytest.mark.parametrize(
    ("status", "payment", "actions"),
    [
        (Status.ACCEPTED, Payment.SECURED, {Action.HOLD, Action.CANCEL}),
        (Status.PLACED, Payment.SECURED, {Action.HOLD, Action.CANCEL}),
        (Status.PLACED, Payment.CAPTURING, {Action.HOLD}),
        (Status.PLACED, Payment.AWAITED, {Action.HOLD, Action.CANCEL, Action.MARK_PAID}),
        (Status.PLACED, Payment.REFUSED, {Action.HOLD, Action.CANCEL}),
        (Status.PAID, Payment.CAPTURED, {Action.HOLD, Action.CANCEL}),
        (Status.CANCELLED, Payment.AWAITED, set()),
        (Status.REFUSED, Payment.SECURED, set()),
    ],
)
def test_offers_exactly_what_is_possible(status, payment, actions):
    assert set(possible(status, payment)) == actions
