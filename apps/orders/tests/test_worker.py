"""What workers do with an accepted order, however often they are told."""

import smtplib
from dataclasses import replace

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from apps.cart.interface import State
from apps.payments.interface import PaymentRefused
from apps.payments.interface import Status as Paid
from commerce.events.models import Delivery, Fact
from commerce.services import ServiceUnavailable
from commerce.testing import deliver_all

from .. import handlers, service
from ..events import OrderAccepted, OrderPlaced
from ..interface import Payment, Status
from ..models import Effect, Order
from ..service.capture import NotYetCaptured
from .conftest import fill
from .fakes import Crash, cart_line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop")]
both_ways = pytest.mark.usefixtures("both_ways")


def accept(wish):
    return service.place(wish=wish, caller="ct:ada", key="first").order


def steps(order):
    return [event.what for event in Order.objects.get(pk=order).events.all()]


@both_ways
def test_accepted_order_is_confirmed_paid_and_mailed(shop, wish):
    order = accept(wish)
    deliver_all()
    row = Order.objects.get()
    assert (row.status, row.payment) == (Status.PAID.value, Payment.CAPTURED.value)
    assert row.customer == shop.known["ada@example.com"]
    assert shop.captures == [order]
    assert len(mail.outbox) == 1
    assert set(steps(order)) == {"placing", "accepted", "placed", "paid", "confirmation sent"}
    assert sorted(Fact.objects.values_list("name", flat=True)) == [
        "orders.OrderAccepted",
        "orders.OrderPaid",
        "orders.OrderPlaced",
    ]


@both_ways
def test_second_telling_changes_nothing(shop, wish):
    order = accept(wish)
    deliver_all()
    before = Order.objects.values().get()
    for _ in range(2):
        handlers.confirm([OrderAccepted(order=order)])
        handlers.capture([OrderPlaced(order=order)])
        handlers.mail_confirmation([OrderPlaced(order=order)])
    assert Order.objects.values().get() == before
    assert (shop.captures, len(mail.outbox)) == ([order], 1)
    assert Fact.objects.count() == 3


def test_shopper_may_stay_unknown(shop):
    lines = (cart_line("EBOOK", 1, ships=False),)
    accept(fill(shop, lines=lines, email="", address=None, shipping=None))
    deliver_all()
    order = Order.objects.get()
    assert (order.status, order.customer) == (Status.PAID.value, None)
    assert mail.outbox == []


def test_worker_closes_a_cart_that_stayed_open(shop, wish):
    shop.fault("cart.close")
    order = accept(wish)
    assert shop.carts[wish.cart].state is State.OPEN
    service.confirm([order])
    assert shop.carts[wish.cart].state is State.ORDERED


def test_confirming_again_asks_nobody(shop, wish):
    order = placed(wish)
    shop.calls.clear()
    service.confirm([order])
    assert shop.calls == []


def test_order_is_confirmed_though_its_cart_is_lost(shop, wish):
    order = accept(wish)
    shop.carts.clear()
    service.confirm([order])
    assert Order.objects.get().status == Status.PLACED.value


@pytest.mark.parametrize("step", ["cart.close", "customers.recognise"])
@pytest.mark.parametrize("error", [Crash(), ServiceUnavailable(reason="away")])
def test_broken_confirmation_is_done_again(shop, wish, step, error):
    order = accept(wish)
    shop.fault(step, error)
    with pytest.raises(type(error)):
        service.confirm([order])
    assert Order.objects.get().status == Status.ACCEPTED.value
    service.confirm([order])
    assert Order.objects.get().status == Status.PLACED.value


@both_ways
def test_worker_dying_after_the_capture_takes_nothing_twice(shop, wish):
    order = placed(wish)
    shop.fault("payments.capture", Crash(), after=True)
    with pytest.raises(Crash):
        service.capture([order])
    assert Order.objects.get().payment == Payment.CAPTURING.value
    service.capture([order])
    assert shop.captures == [order]
    assert Order.objects.get().status == Status.PAID.value


def test_order_to_be_paid_later_stays_placed(shop):
    order = placed(fill(shop, method="invoice"))
    service.capture([order])
    row = Order.objects.get()
    assert (row.status, row.payment) == (Status.PLACED.value, Payment.AWAITED.value)
    assert shop.captures == []


def test_refused_capture_is_for_the_merchant_to_decide(shop, wish):
    order = placed(wish)
    shop.fault("payments.capture", PaymentRefused(session=wish.payment_session, reason="Stolen."))
    service.capture([order])
    row = Order.objects.get()
    assert (row.status, row.payment) == (Status.PLACED.value, Payment.REFUSED.value)
    assert row.events.last().why == "Stolen."
    service.capture([order])
    assert steps(order).count("payment refused") == 1


def test_undecided_capture_is_asked_again(shop, wish):
    order = placed(wish)
    session = shop.sessions[wish.payment_session]
    shop.sessions[session.id] = replace(session, status=Paid.PENDING)
    with pytest.raises(NotYetCaptured):
        service.capture([order])
    shop.sessions[session.id] = session
    service.capture([order])
    assert shop.captures == [order]


@both_ways
def test_mark_paid_settles_an_invoice(shop):
    order = placed(fill(shop, method="invoice"))
    service.capture([order])
    service.mark_paid(order=order, actor="staff:eve", why="Transfer of 3 May")
    row = Order.objects.get()
    assert (row.status, row.events.last().actor) == (Status.PAID.value, "staff:eve")
    with pytest.raises(service.NotAwaited):
        service.mark_paid(order=order, actor="staff:eve", why="Again")
    assert shop.captures == [order]


def test_order_cancelled_meanwhile_is_not_marked_paid(shop):
    order = placed(fill(shop, method="invoice"))
    service.capture([order])
    shop.meanwhile["payments.settle"] = lambda: service.cancel(order=order, actor="bob", why="No")
    with pytest.raises(service.NotAwaited):
        service.mark_paid(order=order, actor="staff:eve", why="Transfer of 3 May")
    assert Order.objects.get().status == Status.CANCELLED.value


def test_mail_is_in_the_orders_language(shop, wish):
    wish = fill(shop, locale="fr")
    service.mail_confirmation([placed(wish)])
    (message,) = mail.outbox
    assert "Un mug" in message.body
    assert "24,90\xa0€" in message.body
    assert message.to == ["ada@example.com"]
    assert Order.objects.get(cart=wish.cart).number in message.subject


def test_mail_prints_names_as_they_are(shop, wish):
    shop.carts[wish.cart] = replace(
        shop.carts[wish.cart],
        address=replace(shop.carts[wish.cart].address, name="{{ number }} <b>O'Hara & Co</b>"),
    )
    service.mail_confirmation([placed(wish)])
    assert "{{ number }} <b>O'Hara & Co</b>" in mail.outbox[0].body


class Moody(EmailBackend):
    """A mail server that refuses, or dies, as told."""

    opening: Exception | None = None
    sending: BaseException | None = None

    def open(self):
        if Moody.opening:
            raise Moody.opening
        return super().open()

    def send_messages(self, messages):
        if Moody.sending:
            raise Moody.sending
        return super().send_messages(messages)


@pytest.fixture
def mail_server(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Moody"
    Moody.opening = Moody.sending = None
    return Moody


@pytest.mark.parametrize(
    ("moment", "error"),
    [
        ("opening", ConnectionRefusedError()),
        ("sending", smtplib.SMTPResponseException(451, b"busy")),
        ("sending", smtplib.SMTPRecipientsRefused({})),
    ],
)
def test_mail_that_was_surely_not_sent_is_sent_later(mail_server, wish, moment, error):
    order = placed(wish)
    setattr(mail_server, moment, error)
    with pytest.raises(type(error)):
        service.mail_confirmation([order])
    mail_server.opening = mail_server.sending = None
    service.mail_confirmation([order])
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("error", [Crash(), smtplib.SMTPServerDisconnected(), TimeoutError()])
def test_mail_that_may_have_been_sent_is_not_sent_again(mail_server, wish, error):
    order = placed(wish)
    mail_server.sending = error
    with pytest.raises(type(error)):
        service.mail_confirmation([order])
    mail_server.sending = None
    service.mail_confirmation([order])
    assert mail.outbox == []
    assert Effect.objects.count() == 1
    assert "confirmation sent" not in steps(order)


def test_failing_mail_keeps_no_money_waiting(mail_server, wish):
    order = accept(wish)
    mail_server.opening = ConnectionRefusedError()
    with pytest.raises(ConnectionRefusedError):
        deliver_all()
    deliver_all()
    assert Order.objects.get(pk=order).status == Status.PAID.value
    assert Delivery.objects.get().consumer.endswith("mail_confirmation")


def placed(wish):
    """Accept and confirm an order."""
    order = accept(wish)
    service.confirm([order])
    return order
