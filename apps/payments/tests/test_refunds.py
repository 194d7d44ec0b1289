"""Money goes back once, for a reason, and never more than came in."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from apps.payments import service
from apps.payments.domain import Refunded
from apps.payments.interface import (
    RefundDiffers,
    RefundStatus,
    RefundTooMuch,
    Status,
    UnknownSession,
    payments,
)
from apps.payments.models import Refund, Session
from apps.payments.providers.bank import Bank
from apps.payments.service.refund import record
from apps.payments.tests.till import RefusingBank, cart_of, paid_order
from commerce import ids
from commerce.events.models import Fact
from commerce.money import Money

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop(counter, both_ways):
    """Ask the service plainly and through the wire."""


def eur(amount):
    return Money.of(amount, "EUR")


def facts():
    return [fact.name for fact in Fact.objects.filter(name__startswith="payments.")]


def test_gives_back_in_parts_up_to_what_was_taken(banked):
    order, session = paid_order("10")
    for key, amount in [("mug", "4"), ("tee", "6")]:
        made = payments.refund(order=order, amount=eur(amount), key=key)
        assert (made.status, made.amount, made.key) == (RefundStatus.MADE, eur(amount), key)
    found = payments.payment(order=order)
    assert (found.captured, found.refunded, found.left) == (eur("10"), eur("10"), eur("0"))
    assert [refund.key for refund in found.refunds] == ["mug", "tee"]
    assert banked(session).count("refund") == 2
    assert facts() == ["payments.RefundMade"] * 2


def test_same_key_gives_back_once(banked):
    order, session = paid_order()
    first, again = (payments.refund(order=order, amount=eur("4"), key="k") for _ in range(2))
    assert first == again
    assert banked(session).count("refund") == 1
    assert payments.payment(order=order).refunded == eur("4")


def test_same_key_for_another_amount_is_refused():
    order, _ = paid_order()
    payments.refund(order=order, amount=eur("4"), key="k")
    with pytest.raises(RefundDiffers):
        payments.refund(order=order, amount=eur("5"), key="k")
    assert payments.payment(order=order).refunded == eur("4")


def test_keys_are_each_orders_own():
    (one, _), (other, _) = paid_order(), paid_order()
    ids_of = {payments.refund(order=order, amount=eur("4"), key="k").id for order in (one, other)}
    assert len(ids_of) == 2


@pytest.mark.parametrize("amount", [eur("6.01"), Money.of("1", "USD"), eur("1000000")])
def test_never_gives_back_more_than_is_left(amount, banked):
    order, session = paid_order()
    payments.refund(order=order, amount=eur("4"), key="first")
    with pytest.raises(RefundTooMuch) as refusal:
        payments.refund(order=order, amount=amount, key="more")
    assert refusal.value.left == eur("6")
    assert banked(session).count("refund") == 1
    assert Refund.objects.count() == 1


@pytest.mark.parametrize("minor", [0, -1])
def test_gives_back_nothing_that_is_nothing(minor):
    order, _ = paid_order()
    with pytest.raises(ValueError, match="cannot be given back"):
        payments.refund(order=order, amount=Money(minor, "EUR"), key="k")


@pytest.mark.parametrize("method", ["test", "invoice"])
def test_gives_back_nothing_that_was_not_taken(method):
    session, order = payments.start(cart=cart_of("10"), method=method), ids.new()
    payments.bind(order=order, cart=session.cart, session=session.id, amount=eur("10"))
    with pytest.raises(RefundTooMuch) as refusal:
        payments.refund(order=order, amount=eur("1"), key="k")
    assert refusal.value.left == eur("0")


def test_gives_back_nothing_for_an_unknown_order():
    for ask in [
        lambda: payments.refund(order=ids.new(), amount=eur("1"), key="k"),
        lambda: payments.payment(order=ids.new()),
    ]:
        with pytest.raises(UnknownSession):
            ask()


def test_refund_without_an_answer_is_asked_for_until_there_is_one(banked):
    order, session = paid_order(method="test-timeout")
    pending = payments.refund(order=order, amount=eur("4"), key="k")
    assert pending.status is RefundStatus.PENDING
    assert payments.payment(order=order).left == eur("6")
    service.pursue_refunds()
    assert payments.payment(order=order).refunds[0].status is RefundStatus.PENDING
    service.pursue_refunds(timedelta(0))
    assert payments.payment(order=order).refunds[0].status is RefundStatus.MADE
    assert banked(session).count("refund") == 1


def test_repeating_a_refund_without_an_answer_asks_again(banked):
    order, session = paid_order(method="test-timeout")
    payments.refund(order=order, amount=eur("4"), key="k")
    made = payments.refund(order=order, amount=eur("4"), key="k")
    assert made.status is RefundStatus.MADE
    assert banked(session).count("refund") == 1


def test_refused_refund_leaves_the_money_to_be_given_back_otherwise(bank):
    order, _ = paid_order()
    bank(RefusingBank)
    refused = payments.refund(order=order, amount=eur("10"), key="k")
    assert (refused.status, refused.reason) == (RefundStatus.REFUSED, "The account is closed.")
    assert payments.payment(order=order).left == eur("10")
    assert facts() == ["payments.RefundRefused"]
    bank(Bank)
    again = payments.refund(order=order, amount=eur("10"), key="k")
    assert again.status is RefundStatus.REFUSED
    assert payments.refund(order=order, amount=eur("10"), key="l").status is RefundStatus.MADE


def test_money_that_was_given_back_may_come_back():
    order, _ = paid_order()
    payments.refund(order=order, amount=eur("10"), key="k")
    row = Refund.objects.get()
    for _ in range(2):
        record(row, Refunded(RefundStatus.REFUSED, "No such account."))
        assert payments.payment(order=order).left == eur("10")


def test_money_of_an_invoice_goes_back_too():
    order, _ = paid_order(method="invoice")
    assert payments.refund(order=order, amount=eur("10"), key="k").status is RefundStatus.MADE


def test_nothing_goes_back_where_nothing_was_paid():
    covered = payments.start(cart=cart_of("20.00", card="20.00"), method="nothing")
    order = ids.new()
    payments.bind(order=order, cart=covered.cart, session=covered.id, amount=eur("0"))
    assert payments.capture(order=order).status is Status.CAPTURED
    with pytest.raises(RefundTooMuch):
        payments.refund(order=order, amount=eur("1"), key="k")


@pytest.mark.parametrize(
    "wrong",
    [{"refunded_minor": 1_001}, {"refunded_minor": -1}, {"captured_minor": 1_001}],
)
def test_database_refuses_what_no_service_would_write(wrong):
    _, session = paid_order()
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.filter(pk=session.id).update(**wrong)
