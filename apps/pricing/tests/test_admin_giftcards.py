"""What merchants can do with gift cards, and what nobody can."""

import re

import pytest
from django.contrib.auth.models import Permission

from apps.pricing.interface import pricing
from apps.pricing.models import GiftCard, GiftCardUse
from apps.pricing.service import giftcards
from commerce import ids
from commerce.money import Money

pytestmark = pytest.mark.django_db
CARDS = "/admin/pricing/giftcard/"


def issue(client, **more):
    sent = {"amount": "50.00", "currency": "EUR", "note": "For Ada"} | more
    return client.post(f"{CARDS}add/", sent, follow=True)


def test_issues_a_card_and_tells_its_code_once(admin_client):
    text = issue(admin_client).text
    code = re.search(r"The code is ((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})", text)[1]
    card = GiftCard.objects.get()
    assert (card.issued_minor, card.balance_minor, card.note) == (5000, 5000, "For Ada")
    assert pricing.gift_card(code=code).id == card.pk
    for page in (CARDS, f"{CARDS}{card.pk}/change/"):
        text = admin_client.get(page).text
        assert code not in text
        assert "50.00 EUR" in text


@pytest.mark.parametrize("amount", ["0", "-50", "0.001", "NaN", "1e9", "Infinity", "", "x"])
def test_issues_no_nonsense(admin_client, amount):
    assert issue(admin_client, amount=amount).status_code == 200
    assert not GiftCard.objects.exists()


def test_gives_credit_to_a_customer_without_a_code(admin_client):
    ada = ids.new()
    assert "The code is" not in issue(admin_client, customer=str(ada)).text
    card = GiftCard.objects.get()
    assert (card.customer, card.digest) == (ada, None)


def test_a_form_changes_no_money(admin_client):
    card, _ = giftcards.issue(Money.of("50.00", "EUR"))
    forged = {"balance_minor": "99999", "issued_minor": "99999", "currency": "USD"}
    forged |= {"amount": "999", "left": "999", "digest": "x", "customer": str(ids.new())}
    forged |= {"uses-TOTAL_FORMS": "0", "uses-INITIAL_FORMS": "0"}
    answer = admin_client.post(f"{CARDS}{card.pk}/change/", forged | {"note": "Stopped"})
    assert answer.status_code == 302
    before = GiftCard.objects.filter(pk=card.pk).values().get()
    assert (before["balance_minor"], before["issued_minor"], before["currency"]) == (
        5000,
        5000,
        "EUR",
    )
    assert (before["digest"], before["customer"]) == (card.digest, None)
    assert (before["is_live"], before["note"]) == (False, "Stopped")


def test_a_card_is_found_by_its_code(admin_client):
    card, code = giftcards.issue(Money.of("50.00", "EUR"))
    giftcards.issue(Money.of("7.00", "EUR"))
    for term in (code, code.lower().replace("-", ""), card.hint):
        text = admin_client.get(CARDS, {"q": term}).text
        assert "50.00 EUR" in text
        assert "7.00 EUR" not in text


def test_shows_which_orders_it_has_paid_for(admin_client):
    card, _ = giftcards.issue(Money.of("50.00", "EUR"))
    order = ids.new()
    GiftCardUse.objects.create(order=order, card=card, minor=1200)
    assert str(order) in admin_client.get(f"{CARDS}{card.pk}/change/").text


def test_nobody_deletes_a_card(admin_client):
    card, _ = giftcards.issue(Money.of("50.00", "EUR"))
    assert admin_client.post(f"{CARDS}{card.pk}/delete/", {"post": "yes"}).status_code == 403


def test_who_only_looks_issues_nothing(client, django_user_model):
    eve = django_user_model.objects.create_user("eve", password="e", is_staff=True)
    eve.user_permissions.set(Permission.objects.filter(codename="view_giftcard"))
    client.force_login(eve)
    assert issue(client).status_code == 403
    assert client.get(CARDS).status_code == 200
