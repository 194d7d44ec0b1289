"""Our books: only added to, always balanced, and enough to rebuild every figure from."""

import pytest
from django.db import DatabaseError, IntegrityError, connection
from django.db.transaction import atomic

from apps.payments.interface import payments
from apps.payments.models import Entry, Posting, Session
from apps.payments.tests.till import RefusingBank, cart_of, paid_order
from commerce import ids
from commerce.money import Money

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counter")]


def balances():
    with connection.cursor() as cursor:
        cursor.execute("SELECT account, minor FROM payments_balance WHERE minor <> 0")
        return dict(cursor.fetchall())


def drift():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM payments_drift")
        return cursor.fetchone()[0]


def give_back(order, amount, key="k"):
    return payments.refund(order=order, amount=Money.of(amount, "EUR"), key=key)


def test_capture_moves_money_to_the_providers_clearing():
    paid_order("10")
    assert balances() == {"clearing:test": 1_000, "charged": -1_000}
    assert drift() == 0


def test_refund_moves_money_out_of_clearing():
    order, _ = paid_order("10")
    give_back(order, "4")
    assert balances() == {"clearing:test": 600, "charged": -1_000, "refunded": 400}
    assert drift() == 0


def test_refused_refund_moves_nothing(bank):
    order, _ = paid_order("10")
    bank(RefusingBank)
    give_back(order, "4")
    assert balances() == {"clearing:test": 1_000, "charged": -1_000}
    assert drift() == 0


def test_invoice_is_owed_until_it_is_paid():
    session, order = payments.start(cart=cart_of("10"), method="invoice"), ids.new()
    payments.bind(order=order, cart=session.cart, session=session.id, amount=session.amount)
    for _ in range(2):
        payments.capture(order=order)
    assert balances() == {"receivable": 1_000, "charged": -1_000}
    payments.settle(order=order)
    assert balances() == {"clearing:invoice": 1_000, "charged": -1_000}
    assert drift() == 0


def test_invoice_of_a_cancelled_order_is_owed_no_more():
    session, order = payments.start(cart=cart_of("10"), method="invoice"), ids.new()
    payments.bind(order=order, cart=session.cart, session=session.id, amount=session.amount)
    payments.capture(order=order)
    payments.void(order=order)
    assert balances() == {}
    assert [entry.what for entry in Entry.objects.order_by("pk")] == ["authorised", "due", "voided"]


def test_payment_of_nothing_moves_nothing():
    covered = payments.start(cart=cart_of("20", card="20"), method="nothing")
    order = ids.new()
    payments.bind(order=order, cart=covered.cart, session=covered.id, amount=covered.amount)
    payments.capture(order=order)
    assert balances() == {}
    assert drift() == 0


@pytest.mark.parametrize("table", ["payments_entry", "payments_posting"])
@pytest.mark.parametrize("change", ["UPDATE {} SET minor = 1", "DELETE FROM {}"])
def test_books_are_never_rewritten(table, change):
    paid_order()
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="only grows"), atomic():
        cursor.execute(change.format(table))


@pytest.mark.django_db(transaction=True)
def test_books_refuse_what_does_not_balance():
    _, session = paid_order()
    line = {"session_id": session.id, "what": "stolen", "minor": 5, "currency": "EUR"}

    @atomic
    def enter():
        Posting.objects.create(entry=Entry.objects.create(**line), account="charged", minor=-5)

    with pytest.raises(IntegrityError, match="do not add up"):
        enter()


@pytest.mark.parametrize("wrong", [{"captured_minor": 999}, {"refunded_minor": 1}])
def test_view_shows_a_counter_that_is_not_what_was_booked(wrong):
    _, session = paid_order()
    assert drift() == 0
    Session.objects.filter(pk=session.id).update(**wrong)
    assert drift() == 1
