"""What gift cards pay is taken once, the payment is for the rest, and both come back."""

from dataclasses import replace

import pytest
from django.core import mail

from apps.payments.interface import PaymentRefused
from apps.pricing.interface import CardPayment
from commerce import ids
from commerce.testing import deliver_all

from .. import service
from ..domain import NotPossible
from ..interface import PaidByCard, Status
from ..models import Order
from .conftest import euros, fill
from .fakes import Crash, cart_line, quote

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop", "both_ways")]
CARD, EMPTY = ids.new(), ids.new()


@pytest.fixture(autouse=True)
def _recover_at_once(settings):
    settings.ORDER_RECOVERY_SECONDS = 0


@pytest.fixture
def gift(shop):
    """Two mugs for 24.90, of which a gift card of 20.00 pays what it can."""
    shop.budget[str(CARD)] = 2000
    lines = (cart_line("MUG", 2),)
    cards = (
        CardPayment(CARD, "F3K9", euros("20.00"), euros("20.00")),
        CardPayment(EMPTY, "0000", euros("0.00"), euros("0.00")),
    )
    return fill(shop, lines=lines, quote=replace(quote(lines), cards=cards))


def place(wish, key="first"):
    return service.place(wish=wish, caller="ct:ada", key=key)


def refusals(wish):
    with pytest.raises(NotPossible) as refusal:
        place(wish)
    return [reason.code for reason in refusal.value.reasons]


def test_the_payment_is_for_what_is_left(shop, gift):
    order = service.show(order=place(gift).order)
    assert order.cards == (PaidByCard(CARD, "F3K9", euros("20.00")),)
    assert (order.grand, order.due) == (euros("24.90"), euros("4.90"))
    assert shop.sessions[shop.bound[order.id]].amount == euros("4.90")
    assert shop.budget[str(CARD)] == 0


def test_a_session_for_the_whole_total_pays_nothing(shop, gift):
    session = shop.sessions[gift.payment_session]
    shop.sessions[session.id] = replace(session, amount=euros("24.90"))
    [reason] = service.precheck(wish=gift).reasons
    assert reason.code == "payment-amount-differs"


def test_an_order_whose_card_was_spent_is_refused(shop, gift):
    shop.budget[str(CARD)] = 1999
    assert refusals(gift) == ["gift-card-exhausted"]
    assert Order.objects.get().status == Status.REFUSED.value
    assert (shop.shelf["MUG"], shop.bound, shop.budget[str(CARD)]) == (2, {}, 1999)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", ["pricing.claim", "payments.bind"])
def test_a_broken_order_takes_from_the_card_once(shop, gift, step, after):
    shop.fault(step, Crash(), after=after)
    with pytest.raises(Crash):
        place(gift)
    service.recover()
    assert Order.objects.get().status == Status.ACCEPTED.value
    assert shop.budget[str(CARD)] == 0


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", ["payments.void", "pricing.unclaim", "stock.cancel"])
def test_a_refused_order_gives_back_to_the_card_once(shop, gift, step, after):
    shop.fault("payments.bind", PaymentRefused(session=gift.payment_session, reason="No."))
    shop.fault(step, Crash(), after=after)
    with pytest.raises(Crash):
        place(gift)
    service.recover()
    assert Order.objects.get().status == Status.REFUSED.value
    assert shop.budget[str(CARD)] == 2000


def test_a_cancelled_order_gives_back_to_the_card(shop, gift):
    order = place(gift).order
    service.cancel(order=order, actor="staff:eve", why="Changed her mind")
    deliver_all()
    assert shop.budget[str(CARD)] == 2000


def test_the_mail_tells_what_the_card_has_paid(shop, gift):
    place(gift)
    deliver_all()
    assert "Gift card …F3K9: −€20.00" in mail.outbox[0].body
    assert "Left to pay: €4.90" in mail.outbox[0].body
