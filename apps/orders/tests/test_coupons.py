"""An order uses its coupons and what promotions gave once, and gives them back with everything."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.core import mail
from django.db import connection

from apps.payments.interface import PaymentRefused
from apps.pricing.interface import Discount
from commerce.testing import deliver_all

from .. import service
from ..domain import NotPossible
from ..interface import Status
from ..models import Order
from ..service import accept, intents
from .conftest import euros, fill_with_coupon
from .fakes import Crash

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop", "both_ways")]
FORWARD = [("stock.commit", True), ("pricing.claim", False), ("pricing.claim", True)]
FORWARD += [("payments.bind", False), ("payments.bind", True)]
BACKWARD = [("payments.void", True), ("pricing.unclaim", False), ("pricing.unclaim", True)]
BACKWARD += [("stock.cancel", False), ("stock.cancel", True)]
after_each_step_forward = pytest.mark.parametrize(("step", "after"), FORWARD)
after_each_step_backward = pytest.mark.parametrize(("step", "after"), BACKWARD)


@pytest.fixture(autouse=True)
def _recover_at_once(settings):
    settings.ORDER_RECOVERY_SECONDS = 0


def place(wish, key="first"):
    return service.place(wish=wish, caller="ct:ada", key=key)


def refusals(wish, key="first"):
    with pytest.raises(NotPossible) as refusal:
        place(wish, key)
    return {reason.code: reason.text for reason in refusal.value.reasons}


def crash(shop, wish, step, after):
    shop.fault(step, Crash(), after=after)
    with pytest.raises(Crash):
        place(wish)


def used(shop):
    return 1 - shop.coupons["SPRING"], 300 - shop.budget["spring"]


def test_an_order_uses_what_its_cart_was_given(shop, bargain):
    order = place(bargain).order
    assert used(shop) == (1, 200)
    shown = service.show(order=order)
    assert shown.discounts == (Discount("spring", "Spring sale", euros("2.00")),)
    assert shown.coupons == ("SPRING",)
    assert (shown.goods, shown.sending) == (euros("20.00"), euros("4.90"))
    assert (shown.subtotal, shown.grand) == (euros("18.00"), euros("22.90"))


def test_a_plain_order_asks_pricing_for_nothing(shop, wish):
    order = place(wish).order
    service.cancel(order=order, actor="staff:eve", why="Changed her mind")
    deliver_all()
    assert not {"pricing.claim", "pricing.unclaim"} & set(shop.calls)


@after_each_step_forward
@pytest.mark.parametrize("how", ["same key", "recovery"])
def test_a_broken_order_uses_its_coupon_once(shop, bargain, step, after, how):
    crash(shop, bargain, step, after)
    place(bargain) if how == "same key" else service.recover()
    assert Order.objects.get().status == Status.ACCEPTED.value
    assert used(shop) == (1, 200)


def test_what_is_claimed_later_is_what_was_shown(shop, bargain):
    """The cart is given something else in between; the order keeps what it was promised."""
    crash(shop, bargain, "pricing.claim", False)
    contents = shop.carts[bargain.cart]
    shop.carts[bargain.cart] = replace(contents, quote=replace(contents.quote, discounts=()))
    service.recover()
    assert used(shop) == (1, 200)


def test_an_order_without_its_coupon_is_refused_with_everything(shop, bargain):
    shop.coupons.clear()
    reasons = refusals(bargain)
    assert reasons == {"coupon-exhausted": "The coupon SPRING has just been used up."}
    assert Order.objects.get().status == Status.REFUSED.value
    assert (shop.shelf["MUG"], shop.bound, shop.coupons["SPRING"]) == (2, {}, 0)
    assert refusals(bargain) == reasons


def test_an_order_without_its_promotion_is_refused(shop, bargain):
    shop.budget["spring"] = 199
    assert refusals(bargain) == {
        "promotion-over": "Spring sale has just ended. Please look at the new total."
    }
    assert (shop.coupons["SPRING"], shop.budget["spring"]) == (1, 199)


@after_each_step_backward
@pytest.mark.parametrize("how", ["same key", "recovery"])
def test_a_refused_order_gives_back_once(shop, bargain, step, after, how):
    refusal = PaymentRefused(session=bargain.payment_session, reason="No money.")
    shop.fault("payments.bind", refusal)
    crash(shop, bargain, step, after)
    if how == "same key":
        assert refusals(bargain).keys() == {"payment-refused"}
    else:
        service.recover()
    assert Order.objects.get().status == Status.REFUSED.value
    assert (used(shop), shop.shelf["MUG"]) == ((0, 0), 2)


@pytest.mark.parametrize("step", ["payments.void", "pricing.unclaim", "stock.cancel"])
def test_a_cancelled_order_gives_back_once(shop, bargain, step):
    order = place(bargain).order
    service.cancel(order=order, actor="staff:eve", why="Changed her mind")
    shop.fault(step, Crash(), after=True)
    with pytest.raises(Crash):
        service.give_back(order=order)
    service.give_back(order=order)
    assert (used(shop), shop.shelf["MUG"]) == ((0, 0), 2)


def test_a_late_twin_of_a_refused_order_uses_nothing(shop, bargain):
    """Two attempts at one order: one is refused and gives back while the other is on its way."""
    crash(shop, bargain, "stock.commit", False)
    slow = intents.read(Order.objects.get().pk)
    shop.fault("payments.bind", PaymentRefused(session=bargain.payment_session, reason="No."))
    shop.meanwhile["pricing.claim"] = service.recover
    assert accept.decide(slow, actor="slow").status is Status.REFUSED
    assert (used(shop), shop.sold_units().total()) == ((0, 0), 0)


@pytest.mark.django_db(transaction=True)
def test_one_coupon_serves_one_of_many_orders(shop, bargain):
    wishes = [bargain, *(fill_with_coupon(shop) for _ in range(15))]
    shop.budget["spring"] = 10_000

    def attempt(number):
        try:
            return place(wishes[number], key=str(number))
        except NotPossible as refusal:
            return [reason.code for reason in refusal.reasons]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(attempt, range(16)))
    assert outcomes.count(["coupon-exhausted"]) == 15
    assert shop.coupons["SPRING"] == 0


def test_the_mail_tells_the_discount(shop, bargain):
    place(bargain)
    deliver_all()
    text = mail.outbox[0].body
    assert "Spring sale: −€2.00" in text
    assert "Subtotal: €20.00" in text
    assert "Total: €22.90" in text
