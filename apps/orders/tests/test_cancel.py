"""A cancelled order gives everything back; one whose money moves cannot be cancelled."""

from collections import Counter

import pytest
from django.core import mail

from commerce.testing import deliver_all

from .. import service
from ..interface import Payment, Status
from ..models import Order
from .conftest import fill
from .fakes import Crash
from .rows import order_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop", "both_ways")]


def accept(wish):
    return service.place(wish=wish, caller="ct:ada", key="first").order


def cancel(order):
    service.cancel(order=order, actor="staff:eve", why="Changed her mind")


def test_cancelled_order_gives_goods_and_money_back(shop, wish):
    order = accept(wish)
    cancel(order)
    deliver_all()
    assert Order.objects.get().status == Status.CANCELLED.value
    assert shop.shelf == Counter(MUG=2)
    assert shop.voided == {order}
    assert shop.captures == []
    step = Order.objects.get().events.get(what="cancelled")
    assert (step.actor, step.why) == ("staff:eve", "Changed her mind")


@pytest.mark.parametrize("step", ["payments.void", "stock.cancel"])
def test_broken_giving_back_is_done_again(shop, wish, step):
    order = accept(wish)
    cancel(order)
    shop.fault(step, Crash(), after=True)
    with pytest.raises(Crash):
        service.give_back(order=order)
    service.give_back(order=order)
    assert shop.shelf == Counter(MUG=2)


def test_invoice_can_be_cancelled_until_it_is_paid(shop):
    order = accept(fill(shop, method="invoice"))
    service.confirm([order])
    service.capture([order])
    cancel(order)
    with pytest.raises(service.NotAwaited):
        service.mark_paid(order=order, actor="staff:eve", why="Too late")


@pytest.mark.parametrize(
    ("status", "payment"),
    [
        (Status.PLACED, Payment.CAPTURING),
        (Status.PLACING, Payment.SECURED),
        (Status.REFUSED, Payment.SECURED),
        (Status.CANCELLED, Payment.SECURED),
    ],
)
def test_cannot_cancel_when_it_is_too_late(status, payment):
    order = order_row(status, payment=payment.value)
    with pytest.raises(service.NotCancellable):
        cancel(order.pk)
    order.refresh_from_db()
    assert order.status == status.value


def test_cancelled_order_is_neither_charged_nor_confirmed(shop, wish):
    order = accept(wish)
    service.confirm([order])
    cancel(order)
    deliver_all()
    assert shop.captures == []
    (letter,) = mail.outbox
    assert "was cancelled" in letter.subject
    assert Order.objects.get().status == Status.CANCELLED.value
