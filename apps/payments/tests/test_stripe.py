"""Stripe by its own library, against a stand-in that is a process of its own."""

import pytest

from apps.payments import service
from apps.payments.interface import (
    PaymentRefused,
    PaymentUnfinished,
    RefundStatus,
    RefundTooMuch,
    Status,
    payments,
)
from apps.payments.models import Refund, Session
from apps.payments.providers import provider_of
from apps.payments.service import money
from apps.payments.tests.till import cart_of
from commerce import ids
from commerce.money import Money
from commerce.services import ServiceUnavailable

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counter")]
KEPT = [
    {"lost": True},
    {"status": 500, "done": True},
    {"status": 503},
    {"status": 500, "kept": True},
]
TEN, FOUR = Money.of("10", "EUR"), Money.of("4", "EUR")


def begun(far):
    return payments.start(cart=cart_of("10"), method="card", return_url="/checkout/return")


def ordered(far):
    """Return an order, and the session with which its shopper has paid on the hosted page."""
    session, order = begun(far), ids.new()
    far.pay(session.action_url)
    payments.bind(order=order, cart=session.cart, session=session.id, amount=TEN)
    return order, session


def captures(far, session):
    return far.captures()[ids.public("pay", session.id)]


def test_shopper_pays_on_the_providers_page_and_the_order_is_paid(far):
    session = begun(far)
    assert session.status is Status.ACTION_REQUIRED
    assert session.action_url.startswith(far.url)
    far.pay(session.action_url)
    assert payments.session(session=session.id).status is Status.AUTHORISED
    order = ids.new()
    payments.bind(order=order, cart=session.cart, session=session.id, amount=TEN)
    for _ in range(2):
        assert payments.capture(order=order).status is Status.CAPTURED
    assert captures(far, session) == (1, 1_000)


def test_page_leads_back_to_the_shop_alone(far):
    session = begun(far)
    page = Session.objects.get(pk=session.id)
    assert page.payment.back == f"http://127.0.0.1:8000/checkout/return?session={page.key}"


def test_coming_back_without_having_paid_proves_nothing(far):
    session = begun(far)
    far.pay(session.action_url, "leave")
    assert payments.session(session=session.id).status is Status.ACTION_REQUIRED
    with pytest.raises(PaymentUnfinished):
        payments.bind(order=ids.new(), cart=session.cart, session=session.id, amount=TEN)


def test_lost_page_is_the_same_page_when_asked_again(far):
    far.fail("create_page", lost=True)
    session = begun(far)
    assert (session.status, session.action_url) == (Status.PENDING, None)
    again = payments.session(session=session.id)
    assert again.status is Status.ACTION_REQUIRED
    assert payments.session(session=session.id).action_url == again.action_url


@pytest.mark.parametrize(
    "fault",
    [
        {"lost": True},
        {"after": 1.5},
        {"status": 500},
        {"status": 500, "done": True},
        {"status": 500, "kept": True},
        {"status": 429},
        {"before": 1.5},
    ],
)
def test_capture_that_was_not_answered_is_asked_for_again(far, fault):
    order, session = ordered(far)
    far.fail("capture", **fault)
    with pytest.raises(ServiceUnavailable):
        payments.capture(order=order)
    assert Session.objects.get(pk=session.id).state is Status.AUTHORISED
    far.heal()
    assert payments.capture(order=order).status is Status.CAPTURED
    assert captures(far, session) == (1, 1_000)


def test_part_is_taken_once_and_the_rest_given_up(far):
    order, session = ordered(far)
    money.capture(session.id, FOUR)
    assert payments.capture(order=order).status is Status.CAPTURED
    assert captures(far, session) == (1, 400)
    assert payments.payment(order=order).captured == FOUR


def test_voids_what_was_paid_on_the_page(far):
    order, session = ordered(far)
    for _ in range(2):
        payments.void(order=order)
    assert payments.session(session=session.id).status is Status.VOIDED
    with pytest.raises(PaymentRefused):
        payments.capture(order=order)


def test_voids_a_page_nobody_has_paid_on(far):
    session = begun(far)
    money.void(session.id)
    assert payments.session(session=session.id).status is Status.VOIDED
    far.pay(session.action_url)
    assert payments.session(session=session.id).status is Status.VOIDED
    assert ids.public("pay", session.id) not in far.captures()


def test_gives_back_in_parts_and_no_more_than_was_taken(far):
    order, session = ordered(far)
    payments.capture(order=order)
    for key in ("a", "b", "a"):
        made = payments.refund(order=order, amount=FOUR, key=key)
        assert made.status is RefundStatus.MADE
    with pytest.raises(RefundTooMuch):
        payments.refund(order=order, amount=FOUR, key="c")
    assert sum(refund["amount"] for refund in refunds(far, session)) == 800


@pytest.mark.parametrize("fault", KEPT)
def test_refund_that_was_not_answered_is_made_once(far, fault):
    order, session = ordered(far)
    payments.capture(order=order)
    far.fail("refund", **fault)
    pending = payments.refund(order=order, amount=FOUR, key="k")
    assert pending.status is RefundStatus.PENDING
    far.heal()
    assert payments.refund(order=order, amount=FOUR, key="k").status is RefundStatus.MADE
    assert len(refunds(far, session)) == 1


def test_refund_the_provider_refuses_counts_no_more(far):
    order, session = ordered(far)
    payments.capture(order=order)
    row = Session.objects.get(pk=session.id)
    elsewhere(far, row, 800)
    refused = payments.refund(order=order, amount=FOUR, key="k")
    assert refused.status is RefundStatus.REFUSED
    assert "greater than" in refused.reason


def test_learns_of_refunds_made_at_the_provider(far):
    order, session = ordered(far)
    payments.capture(order=order)
    elsewhere(far, Session.objects.get(pk=session.id), 300)
    for _ in range(2):
        service.learn(session=session.id)
    assert payments.payment(order=order).refunded.minor == 300
    assert Refund.objects.get().status == "made"


def test_learns_of_a_refund_that_came_back(far):
    order, session = ordered(far)
    payments.capture(order=order)
    payments.refund(order=order, amount=FOUR, key="k")
    far.tell("/_refund_failed", refunds(far, session)[0]["id"])
    service.learn(session=session.id)
    assert payments.payment(order=order).refunds[0].status is RefundStatus.REFUSED
    assert payments.payment(order=order).left == TEN


def test_learns_of_a_capture_made_at_the_provider(far):
    order, session = ordered(far)
    row = Session.objects.get(pk=session.id)
    provider_of("card").capture(row.payment, TEN, key="elsewhere")
    service.learn(session=session.id)
    assert payments.payment(order=order).captured == TEN


def test_wrong_key_is_no_answer(far, settings):
    wrong = far.settings | {"KEY": "sk_test_wrong"}
    settings.PAYMENT_PROVIDERS = settings.PAYMENT_PROVIDERS | {"stripe": wrong}
    assert begun(far).status is Status.PENDING


def refunds(far, session):
    key = ids.public("pay", session.id)
    mine = [i["id"] for i in far.books["intents"] if i["metadata"]["payment"] == key]
    return [each for each in far.books["refunds"] if each["payment_intent"] in mine]


def elsewhere(far, row, minor):
    """Give money back on the provider's own pages."""
    provider_of("card").api.refunds.create({"payment_intent": row.reference, "amount": minor})
