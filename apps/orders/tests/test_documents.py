"""Documents follow the money: what is given back is credited, what comes back is charged again."""

from dataclasses import replace

import pytest
from django.db import transaction

from apps.payments.events import RefundMade, RefundRefused
from commerce import ids
from commerce.events import publish
from commerce.testing import deliver_all

from .. import service
from ..domain.life import NotAllowed
from ..interface import RefundState, Status
from ..models import Invoice, Order, Refund
from .conftest import euros
from .test_papers import bought

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop")]
EVE = "staff:eve"


def said(fact):
    """Let payments say something, twice."""
    for _ in range(2):
        with transaction.atomic():
            publish(fact)
    deliver_all()


def sums(document):
    lines = document.content["lines"]
    return sum(line["total"] for line in lines), sum(line["tax"] for line in lines)


def notes():
    return [each.kind for each in Invoice.objects.exclude(refund=None)]


def test_the_lines_of_a_goodwill_refund_add_up(shop):
    order = bought(shop)
    service.refund(order=order, minor=500, actor=EVE, why="A scratch", key="a")
    deliver_all()
    note = Invoice.objects.exclude(refund=None).get()
    assert sums(note) == (500, note.content["tax"])
    assert note.content["lines"][0]["name"] == "Given back without goods"
    assert note.content["tax"] > 0


def test_the_credit_note_of_a_cancellation_names_the_goods(shop):
    order = bought(shop)
    service.cancel(order=order, actor=EVE, why="Changed her mind")
    deliver_all()
    invoice, note = service.invoices_of(order)
    assert [line["quantity"] for line in note.content["lines"]] == [3, 2, 1]
    assert note.content["lines"][2]["name"] == "Delivery"
    assert sums(note) == (invoice.content["total"], note.content["tax"])


def test_less_than_the_goods_cost_is_a_line_of_its_own(shop):
    order = bought(shop)
    service.refund(order=order, minor=500, actor=EVE, why="A scratch", key="a")
    service.cancel(order=order, actor=EVE, why="Changed her mind")
    deliver_all()
    assert {sums(note)[0] - note.content["total"] for note in Invoice.objects.all()[1:]} == {0}
    assert Order.objects.get().refunded == 5490


def test_money_that_comes_back_takes_its_credit_note_back(shop):
    order = bought(shop)
    service.refund(order=order, minor=500, actor=EVE, why="A scratch", key="a")
    deliver_all()
    name = ids.public("ref", Refund.objects.get().pk)
    said(RefundRefused(order=order, key=name, amount=euros("5.00"), reason="Account closed"))
    assert notes() == ["credit-note", "debit-note"]
    credit, debit = Invoice.objects.exclude(refund=None)
    assert debit.content["takes_back"] == credit.number
    assert debit.number.startswith("DN-")
    assert Order.objects.get().refunded == 0
    said(RefundMade(order=order, key=name, amount=euros("5.00")))
    assert notes() == ["credit-note", "debit-note", "credit-note"]
    assert Order.objects.get().refunded == 500


def test_money_given_back_in_payments_counts_here_too(shop):
    order = bought(shop)
    said(RefundMade(order=order, key="api:1", amount=euros("5.00")))
    found = service.show(order=order)
    assert (found.refunded, [each.state for each in found.refunds]) == (
        euros("5.00"),
        [RefundState.MADE],
    )
    assert notes() == ["credit-note"]
    said(RefundRefused(order=order, key="api:1", amount=euros("5.00"), reason="Account closed"))
    assert (Order.objects.get().refunded, notes()) == (0, ["credit-note", "debit-note"])


def test_money_given_back_in_payments_finds_room(shop):
    order = bought(shop)
    session = shop.sessions[shop.bound[order]]
    shop.refunds["api:1"] = euros("20.00")
    service.cancel(order=order, actor=EVE, why="Changed her mind")
    said(RefundMade(order=order, key="api:1", amount=euros("20.00")))
    found = service.show(order=order)
    assert found.refunded == euros("20.00")
    assert sum(each.minor for each in shop.refunds.values()) <= session.amount.minor


def in_part(shop):
    """Let the provider hand over less than is due."""
    order = bought(shop, method="invoice")
    session = shop.sessions[shop.bound[order]]
    shop.sessions[session.id] = replace(session, method="test", captured=euros("20.00"))
    Order.objects.update(payment="capturing")
    service.capture([order])
    deliver_all()
    return order


def test_an_order_paid_in_part_is_not_paid(shop):
    found = service.show(order=in_part(shop))
    assert (found.status, found.taken) == (Status.PLACED, euros("20.00"))
    assert found.history[-1].why == "20.00 of 54.90 EUR"
    with pytest.raises(NotAllowed):
        service.pack(order=found.id, goods={1: 1}, actor=EVE, key="a")


def test_what_was_taken_of_it_is_given_back(shop):
    order = in_part(shop)
    service.cancel(order=order, actor=EVE, why="She never paid")
    deliver_all()
    assert [each.minor for each in shop.refunds.values()] == [2000]
    assert Order.objects.get().refunded == 2000


def test_a_merchant_who_got_the_rest_says_so(shop):
    order = in_part(shop)
    service.mark_paid(order=order, actor=EVE, why="The rest came by transfer")
    deliver_all()
    assert service.show(order=order).status is Status.PAID
