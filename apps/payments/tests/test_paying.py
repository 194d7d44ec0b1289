import pytest
from django.db import IntegrityError, transaction

from apps.payments.interface import (
    AmountDiffers,
    PaymentRefused,
    PaymentUnfinished,
    Status,
    UnknownSession,
    payments,
)
from apps.payments.models import BankEntry, Entry, Session
from apps.payments.providers.bank import Bank
from apps.payments.tests.till import BankBeforeACrash, Killed, MuteBank, cart_of
from commerce import ids
from commerce.money import Money
from commerce.services import ServiceUnavailable

pytestmark = pytest.mark.django_db
TEN = Money.of("10", "EUR")


@pytest.fixture(autouse=True)
def shop(counter, both_ways):
    """Ask the service plainly and through the wire."""


def begun(method="test"):
    return payments.start(cart=cart_of("10"), method=method)


def bound(method="test"):
    """Return an order with the session that pays for it."""
    session, order = begun(method), ids.new()
    payments.bind(order=order, cart=session.cart, session=session.id, amount=TEN)
    return order, session


def test_binds_once_however_often_it_is_asked():
    order, session = bound()
    again = payments.bind(order=order, cart=session.cart, session=session.id, amount=TEN)
    assert (again.id, again.status) == (session.id, Status.AUTHORISED)


def test_binding_after_the_money_was_taken_still_answers():
    order, session = bound()
    payments.capture(order=order)
    again = payments.bind(order=order, cart=session.cart, session=session.id, amount=TEN)
    assert again.status is Status.CAPTURED


def test_binds_no_session_of_another_cart():
    session = begun()
    with pytest.raises(UnknownSession) as refusal:
        payments.bind(order=ids.new(), cart=cart_of("10"), session=session.id, amount=TEN)
    assert refusal.value.session == session.id
    assert Session.objects.get().order is None


def test_binds_no_session_for_another_amount():
    session, due = begun(), Money.of("10.01", "EUR")
    with pytest.raises(AmountDiffers) as refusal:
        payments.bind(order=ids.new(), cart=session.cart, session=session.id, amount=due)
    assert (refusal.value.authorised, refusal.value.due) == (TEN, due)


def test_binds_no_session_for_another_currency():
    session, due = begun(), Money.of("10", "USD")
    with pytest.raises(AmountDiffers):
        payments.bind(order=ids.new(), cart=session.cart, session=session.id, amount=due)


def test_binds_no_refused_payment():
    session = begun("test-refused")
    with pytest.raises(PaymentRefused) as refusal:
        payments.bind(order=ids.new(), cart=session.cart, session=session.id, amount=TEN)
    assert refusal.value.reason == session.reason


def test_binds_no_payment_the_shopper_has_not_confirmed():
    session = begun("test-3ds")
    with pytest.raises(PaymentUnfinished) as refusal:
        payments.bind(order=ids.new(), cart=session.cart, session=session.id, amount=TEN)
    assert refusal.value.action_url == session.action_url


def test_binding_asks_the_bank_about_a_lost_answer():
    _, session = bound("test-timeout")
    assert payments.session(session=session.id).status is Status.AUTHORISED


def test_session_pays_for_one_order_only():
    _, session = bound()
    with pytest.raises(PaymentRefused, match="cannot be used"):
        payments.bind(order=ids.new(), cart=session.cart, session=session.id, amount=TEN)


def test_order_is_paid_by_one_session_only():
    order, session = bound()
    other = payments.start(cart=session.cart, method="invoice")
    with pytest.raises(PaymentRefused, match="cannot be used"):
        payments.bind(order=order, cart=session.cart, session=other.id, amount=TEN)
    assert Session.objects.get(pk=other.id).order is None


def test_captures_once_however_often_it_is_asked(banked):
    order, session = bound()
    captured = [payments.capture(order=order).status for _ in range(3)]
    assert captured == [Status.CAPTURED] * 3
    assert banked(session) == ["authorisation", "capture"]
    assert [entry.what for entry in Entry.objects.order_by("id")] == ["authorised", "captured"]


def test_captures_exactly_what_was_authorised():
    order, _ = bound()
    payments.capture(order=order)
    assert BankEntry.objects.get(what="capture").minor == 1_000
    assert Entry.objects.get(what="captured").minor == 1_000


def test_capture_cut_off_before_the_commit_is_found_at_the_bank(bank, banked):
    order, session = bound()
    bank(BankBeforeACrash)
    for _ in range(2):
        with pytest.raises(Killed):
            payments.capture(order=order)
    assert payments.session(session=session.id).status is Status.AUTHORISED
    bank(Bank)
    assert payments.capture(order=order).status is Status.CAPTURED
    assert banked(session).count("capture") == 1
    assert Entry.objects.filter(what="captured").count() == 1


def test_capture_without_an_answer_is_asked_for_again(bank, banked):
    order, session = bound()
    bank(MuteBank)
    with pytest.raises(ServiceUnavailable):
        payments.capture(order=order)
    bank(Bank)
    assert payments.capture(order=order).status is Status.CAPTURED
    assert banked(session).count("capture") == 1


def test_captures_nothing_for_an_unknown_order():
    with pytest.raises(UnknownSession):
        payments.capture(order=ids.new())


def test_invoice_is_captured_when_the_money_has_come():
    order, _ = bound("invoice")
    assert payments.capture(order=order).status is Status.AUTHORISED
    assert payments.settle(order=order).status is Status.CAPTURED
    assert payments.settle(order=order).status is Status.CAPTURED
    assert payments.capture(order=order).status is Status.CAPTURED


def test_settling_a_card_takes_the_money(banked):
    order, session = bound()
    assert payments.settle(order=order).status is Status.CAPTURED
    assert payments.capture(order=order).status is Status.CAPTURED
    assert banked(session).count("capture") == 1


def test_capture_lets_the_carts_other_payments_go(banked):
    session, order = begun(), ids.new()
    asked = payments.start(cart=session.cart, method="test-3ds")
    foreign = begun()
    payments.bind(order=order, cart=session.cart, session=session.id, amount=TEN)
    payments.capture(order=order)
    assert payments.session(session=asked.id).status is Status.VOIDED
    assert banked(asked) == ["challenge", "void"]
    assert payments.session(session=foreign.id).status is Status.AUTHORISED


def test_voids_once_however_often_it_is_asked(banked):
    order, session = bound()
    for _ in range(3):
        payments.void(order=order)
    assert payments.session(session=session.id).status is Status.VOIDED
    assert banked(session) == ["authorisation", "void"]


def test_void_without_an_answer_is_asked_for_again(bank, banked):
    order, session = bound()
    bank(MuteBank)
    with pytest.raises(ServiceUnavailable):
        payments.void(order=order)
    bank(Bank)
    payments.void(order=order)
    assert payments.session(session=session.id).status is Status.VOIDED
    assert banked(session).count("void") == 1


def test_voids_nothing_for_an_unknown_order():
    payments.void(order=ids.new())


def test_taken_money_is_not_given_up():
    order, session = bound()
    payments.capture(order=order)
    payments.void(order=order)
    assert payments.session(session=session.id).status is Status.CAPTURED


def test_given_up_money_is_not_taken(banked):
    order, session = bound()
    payments.void(order=order)
    with pytest.raises(PaymentRefused):
        payments.capture(order=order)
    with pytest.raises(PaymentRefused):
        payments.bind(order=order, cart=session.cart, session=session.id, amount=TEN)
    assert banked(session) == ["authorisation", "void"]


def test_money_given_up_at_the_bank_alone_is_not_taken(bank, banked):
    order, session = bound()
    bank(MuteBank)
    with pytest.raises(ServiceUnavailable):
        payments.void(order=order)
    bank(Bank)
    with pytest.raises(PaymentRefused):
        payments.capture(order=order)
    assert payments.session(session=session.id).status is Status.VOIDED


def test_voided_cart_may_be_paid_again():
    order, session = bound()
    payments.void(order=order)
    again = payments.start(cart=session.cart, method="test")
    assert (again.id != session.id, again.status) == (True, Status.AUTHORISED)


@pytest.mark.parametrize(("first", "second"), [("capture", "void"), ("authorisation", "refusal")])
def test_books_of_the_bank_refuse_both_ends_of_a_payment(first, second):
    line = {"payment": "pay_X", "minor": 1, "currency": "EUR"}
    BankEntry.objects.create(key="a", what=first, **line)
    with pytest.raises(IntegrityError), transaction.atomic():
        BankEntry.objects.create(key="b", what=second, **line)


def test_our_books_refuse_a_second_capture():
    _, session = bound()
    line = {"session_id": session.id, "what": "captured", "minor": 1, "currency": "EUR"}
    Entry.objects.create(**line)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(**line)
