"""The provider's books and ours are compared, and what differs is kept until it is gone."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.management import call_command

from apps.payments import service
from apps.payments.interface import payments
from apps.payments.models import BankEntry, Difference, Reconciliation, Session
from apps.payments.providers import provider_of
from apps.payments.service.reconcile import reconcile_now
from apps.payments.tests.till import cart_of, paid_order
from commerce import ids
from commerce.money import Money

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counter")]
TEN = Money.of("10", "EUR")


def found():
    return {name: gaps for name, _, gaps in reconcile_now()}


def open_ones():
    rows = Difference.objects.filter(gone_at=None).order_by("what")
    return [(row.what, row.ours_minor, row.theirs_minor) for row in rows]


def bank_line(session, what, minor, key="elsewhere"):
    payment = ids.public("pay", session.id)
    BankEntry.objects.create(key=key, payment=payment, what=what, minor=minor, currency="EUR")


def test_books_that_agree_make_no_noise():
    order, _ = paid_order()
    payments.refund(order=order, amount=Money.of("4", "EUR"), key="k")
    paid_order(method="invoice")
    assert not any(found().values())
    assert open_ones() == []
    look = Reconciliation.objects.get(provider="test")
    assert (look.payments, look.differences) == (1, 0)
    assert look.ended_at


def test_capture_we_have_never_heard_of_is_learnt():
    session, order = payments.start(cart=cart_of("10"), method="test"), ids.new()
    payments.bind(order=order, cart=session.cart, session=session.id, amount=TEN)
    bank_line(session, "capture", 1_000)
    assert not any(found().values())
    assert payments.payment(order=order).captured == TEN


def test_refund_only_the_provider_has_is_shown_until_it_is_gone():
    _, session = paid_order()
    bank_line(session, "refund", 300)
    [gap] = found()["test"]
    assert (gap.what, gap.ours.minor, gap.theirs.minor) == ("refunded", 0, 300)
    found()
    assert open_ones() == [("refunded", 0, 300)]
    BankEntry.objects.filter(key="elsewhere").delete()
    found()
    assert open_ones() == []
    assert Difference.objects.count() == 1


def test_money_only_we_have_is_shown():
    paid_order()
    BankEntry.objects.filter(what="capture").delete()
    [gap] = found()["test"]
    assert (gap.what, gap.ours.minor, gap.theirs.minor) == ("captured", 1_000, 0)


def test_money_of_nobody_is_shown():
    line = {"key": "k", "payment": "pi_of_somebody", "what": "capture", "currency": "EUR"}
    BankEntry.objects.create(minor=700, **line)
    [gap] = found()["test"]
    assert (gap.payment, gap.ours.minor, gap.theirs.minor) == ("pi_of_somebody", 0, 700)


def test_command_says_what_differs_and_fails(capsys):
    _, session = paid_order()
    bank_line(session, "refund", 300)
    with pytest.raises(SystemExit):
        call_command("reconcile_payments")
    told = capsys.readouterr().out
    assert "test: 1 payments, 1 differences" in told
    assert "refunded: ours 0.00, theirs 3.00 EUR" in told


def at(hour):
    return time_machine.travel(datetime(2026, 11, 20, hour, 0, tzinfo=UTC), tick=False)


def test_looks_once_a_night():
    with at(2):
        service.reconcile_due()
    assert Reconciliation.objects.count() == 0
    for hour in (3, 23):
        with at(hour):
            service.reconcile_due()
    assert Reconciliation.objects.filter(provider="test").count() == 1


def test_provider_that_does_not_answer_is_asked_another_time(far):
    far.fail("*", times=-1, status=500)
    with at(3):
        service.reconcile_due()
    assert Reconciliation.objects.get(provider="stripe").ended_at is None
    assert Reconciliation.objects.get(provider="test").ended_at
    far.heal()
    Reconciliation.objects.update(begun_at=datetime(2026, 11, 20, tzinfo=UTC))
    with at(4):
        service.reconcile_due()
    assert Reconciliation.objects.get(provider="stripe").ended_at


def test_books_of_stripe_are_compared_too(far):
    session, order = payments.start(cart=cart_of("10"), method="card"), ids.new()
    far.pay(session.action_url)
    payments.bind(order=order, cart=session.cart, session=session.id, amount=TEN)
    payments.capture(order=order)
    payments.refund(order=order, amount=Money.of("4", "EUR"), key="k")
    row = Session.objects.get(pk=session.id)
    stripe = provider_of("card")
    assert stripe.standing(row.payment).refunded.minor == 400
    mine = [gap for gap in found()["stripe"] if gap.payment == row.key]
    assert mine == []
    stripe.api.refunds.create({"payment_intent": row.reference, "amount": 100})
    mine = [gap for gap in found()["stripe"] if gap.payment == row.key]
    assert mine == []
    assert payments.payment(order=order).refunded.minor == 500
