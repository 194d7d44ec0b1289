"""Payments under twins and kills: real threads, real processes, one capture."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from apps.payments.interface import RefundStatus, RefundTooMuch, Status, payments
from apps.payments.models import Entry, Session
from apps.payments.tests.till import cart_of, paid_order
from commerce import ids
from commerce.environment import ROOT
from commerce.money import Money

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("counter")]
TEN = Money.of("10", "EUR")
CAPTURE_AND_DIE = """
import sys, django
from django.conf import settings
django.setup()
settings.PAYMENT_PROVIDERS = {"test": {"BACKEND": "apps.payments.tests.till.BankBeforeAKill"}}
from uuid import UUID
from apps.payments.interface import payments
payments.capture(order=UUID(sys.argv[1]))
"""


def at_once(ask, times=8):
    def run(_):
        try:
            return ask()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def ordered():
    session, order = payments.start(cart=cart_of("10"), method="test"), ids.new()
    payments.bind(order=order, cart=session.cart, session=session.id, amount=TEN)
    return order, session


@pytest.mark.parametrize("method", ["test", "test-refused", "test-3ds", "test-timeout"])
def test_twins_make_one_attempt(method, banked):
    cart = cart_of("10")
    sessions = at_once(lambda: payments.start(cart=cart, method=method))
    if method == "test-refused":  # who comes after the refusal makes another attempt
        assert all(session.status is Status.REFUSED for session in sessions)
        return
    assert Session.objects.count() == 1
    assert len({session.id for session in sessions}) == 1
    assert len(banked(sessions[0])) == 1


def test_twins_capture_once(banked):
    order, session = ordered()
    captured = at_once(lambda: payments.capture(order=order))
    assert {each.status for each in captured} == {Status.CAPTURED}
    assert banked(session).count("capture") == 1
    assert Entry.objects.filter(what="captured").count() == 1


def test_twins_of_two_orders_share_no_session():
    session = payments.start(cart=cart_of("10"), method="test")

    def bind():
        try:
            return payments.bind(order=ids.new(), cart=session.cart, session=session.id, amount=TEN)
        except Exception as refusal:
            return type(refusal).__name__

    outcomes = at_once(bind)
    assert outcomes.count("PaymentRefused") == len(outcomes) - 1


def test_killed_between_the_banks_capture_and_our_commit_captures_once(banked):
    order, session = ordered()
    variables = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"}
    command = [sys.executable, "-c", CAPTURE_AND_DIE, str(order)]
    ended = subprocess.run(command, env=variables, cwd=ROOT, check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    assert banked(session) == ["authorisation", "capture"]
    assert payments.session(session=session.id).status is Status.AUTHORISED
    assert payments.capture(order=order).status is Status.CAPTURED
    assert banked(session).count("capture") == 1


def refund_once(order, key):
    try:
        return payments.refund(order=order, amount=Money.of("1", "EUR"), key=key).status
    except RefundTooMuch:
        return None


def test_thirty_two_refunds_at_once_give_back_what_was_taken_and_no_more(banked):
    order, session = paid_order("10")
    made = at_once(lambda: refund_once(order, str(ids.new())), times=32)
    assert made.count(RefundStatus.MADE) == 10
    assert banked(session).count("refund") == 10
    assert payments.payment(order=order).left.minor == 0


def test_thirty_two_twins_of_a_refund_are_one(banked):
    order, session = paid_order("10")
    made = at_once(lambda: refund_once(order, "k"), times=32)
    assert made == [RefundStatus.MADE] * 32
    assert banked(session).count("refund") == 1
    assert payments.payment(order=order).left.minor == 900
