"""What a provider says by itself: believed only when it is signed, once, and in any order."""

import json
import random
import time
from itertools import permutations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from apps.payments.interface import Status, payments
from apps.payments.models import Entry, ProviderNotice, Session
from apps.payments.providers import provider_of
from apps.payments.tests.far import OLD_SECRET, SECRET
from apps.payments.tests.standin import signature
from apps.payments.tests.till import cart_of
from commerce import ids
from commerce.events.models import Delivery
from commerce.money import Money
from commerce.testing import deliver_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("counter")]
PLACE = "/api/payments/v1/webhooks/stripe"
TEN = Money.of("10", "EUR")


def notice(payment, *, event="", kind="payment_intent.succeeded"):
    subject = {"object": "payment_intent", "metadata": {"payment": payment}}
    told = {"id": event or f"evt_{ids.new()}", "type": kind, "data": {"object": subject}}
    return json.dumps(told).encode()


def say(body, *, secret=SECRET, at=None, signed=None, place=PLACE):
    signed = signature(body, secret, at) if signed is None else signed
    client = Client(raise_request_exception=False)
    return client.post(place, body, "application/json", headers={"Stripe-Signature": signed})


@pytest.fixture
def paid(far):
    """Return a session whose shopper has paid on the hosted page and did not come back."""
    session = payments.start(cart=cart_of("10"), method="card", return_url="/checkout/return")
    far.pay(session.action_url)
    return session


def state(session):
    return Session.objects.get(pk=session.id).state


def key(session):
    return ids.public("pay", session.id)


def test_notice_makes_the_shop_ask_the_provider(paid):
    assert say(notice(key(paid))).status_code == 204
    assert state(paid) is Status.ACTION_REQUIRED
    deliver_all()
    assert state(paid) is Status.AUTHORISED


def test_notice_is_a_reason_to_ask_and_no_proof(far):
    session = payments.start(cart=cart_of("10"), method="card", return_url="/checkout/return")
    assert say(notice(key(session))).status_code == 204
    deliver_all()
    assert state(session) is Status.ACTION_REQUIRED


def test_notice_said_again_is_heard_once(paid):
    body = notice(key(paid), event="evt_1")
    answers = [say(body).status_code for _ in range(3)]
    assert answers == [204] * 3
    assert ProviderNotice.objects.count() == Delivery.objects.count() == 1


def test_database_keeps_one_notice_of_each_name(paid):
    line = {"provider": "stripe", "event": "evt_1", "kind": "k", "session_id": paid.id}
    ProviderNotice.objects.create(**line)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProviderNotice.objects.create(**line)


@pytest.mark.parametrize("order", [*permutations(["authorised", "captured", "refunded"])])
def test_order_of_notices_changes_nothing(paid, far, order):
    payments.session(session=paid.id)
    ordered = ids.new()
    payments.bind(order=ordered, cart=paid.cart, session=paid.id, amount=TEN)
    Session.objects.filter(pk=paid.id).update(status="action_required")
    row = Session.objects.get(pk=paid.id)
    stripe = provider_of("card")
    stripe.capture(row.payment, TEN, key=f"far:{row.key}")
    stripe.api.refunds.create({"payment_intent": row.reference, "amount": 300})
    for event in order:
        say(notice(key(paid), event=event))
        deliver_all()
    found = payments.payment(order=ordered)
    assert (found.captured, found.refunded.minor) == (TEN, 300)
    assert Entry.objects.filter(session=paid.id, what="captured").count() == 1


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
def test_both_secrets_are_good_while_one_replaces_the_other(paid, secret):
    assert say(notice(key(paid)), secret=secret).status_code == 204


@pytest.mark.parametrize(
    "signed",
    ["", "t=,v1=", "v1=x", "t=1", f"t={'9' * 400},v1=x", "t=1,v0=abc", "é", "t=-1,v1=é", "," * 999],
)
def test_believes_no_signature_that_is_none(paid, signed):
    assert refused(say(notice(key(paid)), signed=signed))


def test_believes_no_other_secret(paid):
    for secret in ("whsec_other", "", f"{SECRET} "):
        assert refused(say(notice(key(paid)), secret=secret))


@pytest.mark.parametrize(("age", "status"), [(290, 204), (310, 400), (86_400, 400)])
def test_believes_nothing_older_than_five_minutes(paid, age, status):
    assert say(notice(key(paid)), at=time.time() - age).status_code == status


def test_believes_no_body_changed_by_one_byte(paid):
    body = notice(key(paid))
    signed = signature(body, SECRET)
    for place in random.sample(range(len(body)), 40):
        changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        assert refused(say(changed, signed=signed))
    assert refused(say(body + b" ", signed=signed))


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff\xfe", b"[]", b'{"id": 1}', b"null"])
def test_signed_nonsense_is_a_problem_and_no_defect(far, body):
    signed = signature(body, SECRET)
    assert say(body, signed=signed).status_code == 400


@pytest.mark.parametrize("payment", ["", "pay_X", "pay_" + "0" * 26, "cart_1", "x" * 5_000])
def test_notice_about_nothing_of_ours_is_let_pass(far, payment):
    assert say(notice(payment)).status_code == 204
    assert ProviderNotice.objects.count() == 0


@pytest.mark.parametrize("provider", ["gold", "test", "invoice"])
def test_who_says_nothing_by_itself_is_not_heard(far, provider):
    answer = say(notice("x"), place=f"/api/payments/v1/webhooks/{provider}")
    assert answer.status_code in {400, 404}


def refused(answer):
    return answer.status_code == 400 and answer.json()["code"] == "webhook-forged"
