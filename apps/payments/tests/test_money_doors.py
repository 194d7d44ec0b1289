"""Partners take money, give it up and give it back over the API."""

import json

import pytest
from django.test import Client

from apps.payments.interface import payments
from apps.payments.models import BankEntry, Refund, Session
from apps.payments.tests.till import cart_of, paid_order
from commerce import ids
from commerce.redis import client
from commerce.rest import keys

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counter")]


class Partner:
    """Somebody with a secret key of some scopes."""

    def __init__(self, *scopes):
        self.value = keys.make("sk")
        keys.ensure(f"partner {self.value}", "sk", self.value, scopes)
        self.client = Client(raise_request_exception=False)

    def ask(self, session, verb="", body=None, key=None):
        path = f"/api/payments/v1/payments/{ids.public('pay', session.id)}{verb}"
        headers = {"Authorization": f"Bearer {self.value}"}
        if not verb:
            return self.client.get(path, headers=headers)
        headers["Idempotency-Key"] = key or str(ids.new())
        content = json.dumps(body) if body is not None else ""
        return self.client.post(path, content, "application/json", headers=headers)


@pytest.fixture
def partner():
    return Partner("payments:read", "payments:write")


def eur(amount):
    return {"amount": {"amount": amount, "currency": "EUR"}}


def ordered(amount="10", method="test"):
    session, order = payments.start(cart=cart_of(amount), method=method), ids.new()
    payments.bind(order=order, cart=session.cart, session=session.id, amount=session.amount)
    return order, session


def code(answer):
    return answer.status_code, answer.json()["code"]


def test_takes_all_of_the_money_once(partner):
    _, session = ordered()
    first, again = (partner.ask(session, "/capture", {}).json() for _ in range(2))
    assert (first["status"], first["captured"]["amount"]) == ("captured", "10.00")
    assert again == first == partner.ask(session).json()
    assert BankEntry.objects.filter(what="capture").count() == 1


def test_takes_a_part_and_gives_up_the_rest(partner):
    _, session = ordered()
    part = partner.ask(session, "/capture", eur("4.00")).json()
    whole = partner.ask(session, "/capture", {}).json()
    assert (part["captured"]["amount"], whole["captured"]["amount"]) == ("4.00", "4.00")
    assert code(partner.ask(session, "/refunds", eur("4.01"))) == (409, "refund-too-much")
    assert BankEntry.objects.get(what="capture").minor == 400


@pytest.mark.parametrize("wrong", [eur("10.01"), {"amount": {"amount": "1", "currency": "USD"}}])
def test_takes_no_more_than_was_authorised(partner, wrong):
    _, session = ordered()
    answer = partner.ask(session, "/capture", wrong)
    assert code(answer) == (409, "capture-too-much")
    assert answer.json()["errors"][0]["meta"]["authorised"]["amount"] == "10.00"
    assert Session.objects.get(pk=session.id).captured_minor == 0


def test_takes_nothing_without_an_order(partner):
    session = payments.start(cart=cart_of("10"), method="test")
    assert code(partner.ask(session, "/capture", {})) == (409, "payment-not-possible")


def test_gives_up_what_was_not_taken(partner):
    _, session = ordered()
    for _ in range(2):
        assert partner.ask(session, "/void").json()["status"] == "voided"
    assert code(partner.ask(session, "/capture", {})) == (409, "payment-not-possible")


def test_gives_up_nothing_that_was_taken(partner):
    _, session = paid_order()
    assert code(partner.ask(session, "/void")) == (409, "payment-not-possible")


def test_gives_money_back_once_for_a_key(partner):
    _, session = paid_order()
    body = eur("4.00") | {"reason": "A scratch"}
    first, again = (partner.ask(session, "/refunds", body, key="k") for _ in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    assert first.json()["status"] == "made"
    assert Refund.objects.get().why == "A scratch"
    assert code(partner.ask(session, "/refunds", eur("5.00"), key="k"))[0] == 422
    assert partner.ask(session).json()["refunded"]["amount"] == "4.00"


def test_key_outlives_what_redis_remembers(partner):
    _, session = paid_order()
    partner.ask(session, "/refunds", eur("4.00"), key="k")
    client("idempotency").flushdb()
    assert partner.ask(session, "/refunds", eur("4.00"), key="k").status_code == 201
    client("idempotency").flushdb()
    assert code(partner.ask(session, "/refunds", eur("5.00"), key="k"))[0] == 422
    assert Refund.objects.count() == 1


def test_gives_back_no_more_than_was_taken(partner):
    _, session = paid_order()
    partner.ask(session, "/refunds", eur("6"))
    answer = partner.ask(session, "/refunds", eur("4.01"))
    assert code(answer) == (409, "refund-too-much")
    assert answer.json()["errors"][0]["meta"] == {"left": {"amount": "4.00", "currency": "EUR"}}


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1e3", "", None, 4])
def test_wants_an_amount_that_is_one(partner, amount):
    _, session = paid_order()
    for verb in ("/refunds", "/capture"):
        answer = partner.ask(session, verb, {"amount": {"amount": amount, "currency": "EUR"}})
        assert code(answer) == (422, "body-invalid")
    assert Refund.objects.count() == 0


def test_wants_the_scopes_and_a_secret_key():
    _, session = paid_order()
    reader, stranger = Partner("payments:read"), Partner("orders:write")
    assert reader.ask(session).status_code == 200
    assert stranger.ask(session).status_code == 403
    for verb in ("/capture", "/void", "/refunds"):
        assert code(reader.ask(session, verb, eur("1"))) == (403, "scope-missing")
    nobody = Client().post(f"/api/payments/v1/payments/{ids.public('pay', session.id)}/void")
    assert nobody.status_code == 401


@pytest.mark.parametrize("name", ["pay_X", f"pay_{'0' * 26}", "%00", "ord_X"])
def test_knows_only_payments_there_are(partner, name):
    path = f"/api/payments/v1/payments/{name}"
    headers = {"Authorization": f"Bearer {partner.value}", "Idempotency-Key": "k"}
    assert partner.client.get(path, headers=headers).status_code == 404
    for verb in ("/capture", "/refunds"):
        body = json.dumps(eur("1"))
        answer = partner.client.post(path + verb, body, "application/json", headers=headers)
        assert answer.status_code == 404
