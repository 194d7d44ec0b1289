"""The API's happy path and its refusals, the bank's page, the merchant's view."""

import json

import pytest
from django.test import Client

from apps.payments.interface import payments
from apps.payments.models import Session
from apps.payments.tests.till import CARTS, cart_of
from commerce import ids
from commerce.money import Money
from commerce.proof import prove

pytestmark = pytest.mark.django_db
SESSIONS = "/api/payments/v1/sessions"


@pytest.fixture(autouse=True)
def shop(counter):
    """Let carts cost what a test says."""


class Shopper:
    """Somebody with a cart and the token that proves it."""

    def __init__(self, cart):
        self.cart, self.client = cart, Client(raise_request_exception=False)
        self.headers = {"X-Cart-Token": prove("cart", cart)}
        self.id = ids.public("cart", cart)

    def get(self, path, **query):
        return self.client.get(path, query, headers=self.headers)

    def post(self, path, body=None, *, key=None):
        headers = self.headers | {"Idempotency-Key": key or str(ids.new())}
        content = json.dumps(body) if body is not None else ""
        return self.client.post(path, content, "application/json", headers=headers)

    def pay(self, method="test", **more):
        return self.post(SESSIONS, {"cart_id": self.id, "method": method} | more)


@pytest.fixture
def alice():
    return Shopper(cart_of("24.90"))


@pytest.fixture
def bob():
    return Shopper(cart_of("24.90"))


def test_pays_in_one_call(alice):
    answer = alice.pay()
    session = answer.json()
    assert answer.status_code == 201
    assert session["status"] == "authorised"
    assert session["amount"] == {"amount": "24.90", "currency": "EUR"}
    assert session["id"].startswith("pay_")
    assert alice.get(answer.headers["Location"]).json() == session


def test_repeated_request_gets_the_same_session(alice):
    body = {"cart_id": alice.id, "method": "test-refused"}
    first, again = (alice.post(SESSIONS, body, key="k") for _ in range(2))
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    assert Session.objects.count() == 1


def test_starting_needs_a_key(alice):
    body = json.dumps({"cart_id": alice.id, "method": "test"})
    answer = alice.client.post(SESSIONS, body, "application/json", headers=alice.headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")


def test_lists_the_ways_to_pay(alice):
    ways = alice.get("/api/payments/v1/methods", cart=alice.id).json()["data"]
    assert {"code": "invoice", "name": {"en": "Invoice", "fr": "Facture"}}.items() <= ways[
        -1
    ].items()


def test_refused_payment_is_a_session_with_a_reason(alice):
    session = alice.pay("test-refused").json()
    assert (session["status"], session["action"]) == ("refused", None)
    assert session["reason"].startswith("The bank has refused")


def test_shopper_confirms_at_the_bank_and_comes_back(alice):
    session = alice.pay("test-3ds", return_url="http://testserver/checkout/return?a=1").json()
    url = session["action"]["url"]
    assert session["status"] == "action_required"
    assert "€24.90" in alice.client.get(url).text
    back = alice.client.post(url, {"confirm": "yes"})
    assert (back.status_code, back.url) == (
        302,
        f"http://testserver/checkout/return?a=1&session={session['id']}",
    )
    confirmed = alice.post(f"{SESSIONS}/{session['id']}/confirm")
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "authorised")


def test_shopper_declines_at_the_bank(alice):
    session = alice.pay("test-3ds", return_url="/checkout/return").json()
    back = alice.client.post(session["action"]["url"], {"decline": "no"})
    assert back.url == f"/checkout/return?session={session['id']}"
    assert alice.get(f"{SESSIONS}/{session['id']}").json()["status"] == "refused"


def test_bank_asks_once(alice):
    session = alice.pay("test-3ds").json()
    alice.client.post(session["action"]["url"], {"confirm": "yes"})
    again = alice.client.post(session["action"]["url"], {"decline": "no"})
    assert again.status_code == 302
    assert alice.get(f"{SESSIONS}/{session['id']}").json()["status"] == "authorised"


def test_bank_wants_its_own_form(alice):
    session = alice.pay("test-3ds").json()
    forger = Client(enforce_csrf_checks=True)
    assert forger.post(session["action"]["url"], {"confirm": "yes"}).status_code == 403
    assert alice.get(f"{SESSIONS}/{session['id']}").json()["status"] == "action_required"


def test_looking_at_the_bank_decides_nothing(alice):
    session = alice.pay("test-3ds").json()
    alice.client.get(session["action"]["url"] + "?confirm=yes")
    assert alice.get(f"{SESSIONS}/{session['id']}").json()["status"] == "action_required"


def test_bank_page_is_there_for_trials_only(alice, settings):
    session = alice.pay("test-3ds").json()
    settings.TEST_PAYMENTS = False
    assert alice.client.get(session["action"]["url"]).status_code == 404


@pytest.mark.parametrize("payment", ["pay_X", f"pay_{'0' * 26}", "cart_X", "%00"])
def test_bank_knows_no_other_payments(client, payment):
    assert client.get(f"/payments/bank/{payment}").status_code == 404


def test_bank_page_is_not_for_invoices(alice):
    session = alice.pay("invoice").json()
    assert alice.client.get(f"/payments/bank/{session['id']}").status_code == 404


FOREIGN = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
]


@pytest.mark.parametrize("url", FOREIGN)
def test_sends_nobody_to_another_site(alice, url):
    answer = alice.pay("test-3ds", return_url=url)
    assert (answer.status_code, answer.json()["code"]) == (422, "return-url-foreign")
    kept = payments.start(cart=alice.cart, method="test-3ds", return_url=url)
    back = alice.client.post(kept.action_url, {"confirm": "yes"})
    assert back.url == "/"


def test_pays_for_no_cart_of_somebody_else(alice, bob):
    answer = alice.post(SESSIONS, {"cart_id": bob.id, "method": "test"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert alice.get("/api/payments/v1/methods", cart=bob.id).status_code == 404
    assert Session.objects.count() == 0


def test_shows_no_session_of_somebody_else(alice, bob):
    path = f"{SESSIONS}/{bob.pay().json()['id']}"
    unknown = f"{SESSIONS}/{ids.public('pay', ids.new())}"
    for answer in [alice.get(path), alice.post(f"{path}/confirm"), alice.get(unknown)]:
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize("token", ["", "x", "é", None])
def test_wants_a_token_that_proves_the_cart(alice, token):
    alice.headers = {} if token is None else {"X-Cart-Token": token}
    assert alice.pay().status_code in {401, 404}
    assert Session.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"method": "gold"}, "payment-method-unknown"),
        ({"method": 7}, "body-invalid"),
        ({"amount": {"amount": "0.01", "currency": "EUR"}}, "body-invalid"),
        ({"status": "authorised"}, "body-invalid"),
        ({"card_number": "4111111111111111"}, "body-invalid"),
    ],
)
def test_takes_no_word_for_amount_state_or_card(alice, change, code):
    answer = alice.pay(**({"method": "test"} | change))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert Session.objects.count() == 0


def test_cart_that_is_gone_cannot_be_paid(alice):
    CARTS.clear()
    assert alice.pay().status_code == 404


def test_ordered_cart_needs_no_payment(alice):
    order = ids.new()
    cart_of("24.90", cart=alice.cart, order=order)
    answer = alice.pay()
    assert (answer.status_code, answer.json()["code"]) == (409, "payment-not-needed")
    assert answer.json()["errors"][0]["meta"] == {"order": ids.public("ord", order)}


def test_no_client_can_declare_a_payment_good(alice):
    session = alice.pay("test-3ds").json()
    assert alice.post(f"{SESSIONS}/{session['id']}/confirm").json()["status"] == "action_required"
    assert alice.post(f"{SESSIONS}/{session['id']}/confirm", {"ok": 1}).status_code == 200
    assert alice.get(f"{SESSIONS}/{session['id']}").json()["status"] == "action_required"


def test_merchant_sees_both_books_and_changes_neither(alice, admin_client):
    session, order = payments.start(cart=alice.cart, method="test"), ids.new()
    amount = Money.of("24.90", "EUR")
    payments.bind(order=order, cart=alice.cart, session=session.id, amount=amount)
    payments.capture(order=order)
    page = admin_client.get(f"/admin/payments/session/{session.id}/change/").text
    assert "captured" in page
    assert f"capture:{order}" in page
    assert 'name="_save"' not in page
    for term in [ids.public("pay", session.id), alice.id, ids.public("ord", order)]:
        found = admin_client.get("/admin/payments/session/", {"q": term}).text
        assert ids.public("pay", session.id) in found
    nothing = admin_client.get("/admin/payments/session/", {"q": "pay_no"}).text
    assert ids.public("pay", session.id) not in nothing
    assert admin_client.get("/admin/payments/session/add/").status_code == 403
