"""Gift cards pay for a cart by their code, which the cart does not keep."""

import hashlib

import pytest
from django.apps import apps

from apps.cart import store
from apps.cart.domain import MOST_CARDS
from apps.cart.tests.rest.shopper import problem
from commerce import ids
from commerce.redis import client as redis

pytestmark = pytest.mark.usefixtures("house")


def issue(code="F3K9F3K9F3K9F3K9", minor=1000, currency="EUR", **more):
    return apps.get_model("pricing", "GiftCard").objects.create(
        digest=hashlib.sha256(code.encode()).hexdigest(),
        hint=code[-4:],
        currency=currency,
        issued_minor=5000,
        balance_minor=minor,
        **more,
    )


def enter(shopper, code="F3K9-F3K9-F3K9-F3K9"):
    return shopper.call("POST", "/gift-cards", {"code": code})


@pytest.fixture
def shopping(alice):
    alice.add("MUG", 2)
    return alice


def test_a_card_pays_what_is_on_it(shopping):
    card = issue()
    answer = enter(shopping)
    assert answer.status_code == 200
    assert answer.json()["gift_cards"] == [
        {
            "id": ids.public("card", card.pk),
            "hint": "F3K9",
            "balance": {"amount": "10.00", "currency": "EUR"},
            "pays": {"amount": "10.00", "currency": "EUR"},
        }
    ]
    totals = answer.json()["totals"]
    assert (totals["grand"]["amount"], totals["due"]["amount"]) == ("24.00", "14.00")


def test_the_code_is_kept_nowhere(shopping):
    issue()
    enter(shopping)
    kept = redis("carts").get(store.places(ids.parse("cart", shopping.id))[0])
    assert b"F3K9" not in kept


def test_a_card_is_taken_out_alone_or_with_all(shopping):
    first, _second = issue("A" * 16), issue("B" * 16)
    enter(shopping, "A" * 16), enter(shopping, "B" * 16)
    answer = shopping.call("DELETE", f"/gift-cards/{ids.public('card', first.pk)}")
    assert [card["hint"] for card in answer.json()["gift_cards"]] == ["BBBB"]
    assert shopping.call("DELETE", "/gift-cards").json()["gift_cards"] == []
    assert problem(shopping.call("DELETE", "/gift-cards/card_nonsense")) == (404, "not-found")


@pytest.mark.parametrize(
    ("more", "answer"),
    [
        ({"is_live": False}, (422, "gift-card-unknown")),
        ({"minor": 0}, (409, "gift-card-empty")),
        ({"currency": "USD"}, (409, "gift-card-other-currency")),
    ],
)
def test_says_why_a_card_cannot_pay(shopping, more, answer):
    issue(**more)
    assert problem(enter(shopping)) == answer
    assert problem(enter(shopping, "NOSUCH")) == (422, "gift-card-unknown")
    assert shopping.show()["gift_cards"] == []


def test_a_handful_of_cards_pays(shopping):
    for number in range(MOST_CARDS):
        issue(f"CARD{number}CARDCARDCA", minor=1)
        assert enter(shopping, f"CARD{number}CARDCARDCA").status_code == 200
    issue()
    assert problem(enter(shopping)) == (422, "cart-limit")


def test_merged_carts_keep_both_cards(alice, bob):
    for shopper, code in ((alice, "A" * 16), (bob, "B" * 16)):
        issue(code)
        shopper.add("MUG")
        enter(shopper, code)
    body = {"into": alice.id, "token": alice.token}
    bob.call("POST", "/merge", body, Idempotency_Key="m")
    assert [card["hint"] for card in alice.show()["gift_cards"]] == ["AAAA", "BBBB"]


def test_guesses_of_cards_are_counted_with_those_of_coupons(shopping, settings):
    settings.LIMITS = True
    redis("throttles").flushdb()
    answers = [enter(shopping, f"GUESS{number}").status_code for number in range(9)]
    answers += [shopping.call("POST", "/coupons", {"code": "GUESS"}).status_code]
    answers += [enter(shopping, "GUESS").status_code]
    assert answers == [422] * 10 + [429]


def test_the_page_says_what_a_card_pays(client):
    issue()
    client.defaults["HTTP_SEC_FETCH_SITE"] = "same-origin"
    client.post("/cart/add", {"sku": "MUG", "quantity": "2"})
    assert "no such gift card" in client.post("/cart/gift-cards", {"code": "NOSUCH"}).text
    assert client.post("/cart/gift-cards", {"code": "F3K9" * 4}).status_code == 302
    page = client.get("/cart/").text
    assert "Gift card …F3K9" in page
    assert "Pays €10.00 of the €10.00 on it." in page
    assert "€14.00" in page
    path = next(path for path in page.split('"') if path.startswith("/cart/gift-cards/"))
    client.post(path)
    assert "F3K9" not in client.get("/cart/").text
