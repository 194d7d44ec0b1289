"""Merchants see a payment's whole story, and do with it what can be done now."""

import re

import pytest
from django.contrib.auth.models import Permission

from apps.payments.interface import payments
from apps.payments.models import BankEntry, Difference, Refund, Session
from apps.payments.service.reconcile import reconcile_now
from apps.payments.tests.till import MuteBank, RefusingBank, cart_of, paid_order
from commerce import ids

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counter")]
LIST = "/admin/payments/session/"


def page(client, session):
    return client.get(f"{LIST}{session.id}/change/").text


def do(client, session, verb, **form):
    return client.post(f"{LIST}{session.id}/{verb}/", form, follow=True).text


def authorised(method="test"):
    session, order = payments.start(cart=cart_of("10"), method=method), ids.new()
    payments.bind(order=order, cart=session.cart, session=session.id, amount=session.amount)
    return order, session


def verbs(text):
    return set(re.findall(r'action="/admin/payments/session/[^/]+/(\w+)/"', text))


def test_shows_only_what_can_be_done_now(admin_client):
    unbound = payments.start(cart=cart_of("10"), method="test")
    order, session = authorised()
    assert verbs(page(admin_client, unbound)) == {"void"}
    assert verbs(page(admin_client, authorised("invoice")[1])) == {"void"}
    assert verbs(page(admin_client, session)) == {"capture", "void"}
    payments.capture(order=order)
    assert verbs(page(admin_client, session)) == {"refund"}
    payments.refund(order=order, amount=session.amount, key="k")
    assert verbs(page(admin_client, session)) == set()


def test_takes_a_part_of_the_money(admin_client):
    order, session = authorised()
    assert "The money was taken." in do(admin_client, session, "capture", amount="4,50")
    assert payments.payment(order=order).captured.minor == 450
    assert "clearing:test" in page(admin_client, session)


def test_gives_money_back_once_however_often_the_form_is_sent(admin_client):
    order, session = paid_order()
    form = {"amount": "4.00", "why": "A scratch", "once": "x"}
    for _ in range(2):
        assert "€4.00 was given back." in do(admin_client, session, "refund", **form)
    assert Refund.objects.get().why == "staff:admin: A scratch"
    assert "A scratch" in page(admin_client, session)
    assert payments.payment(order=order).left.minor == 600


def test_gives_up_what_was_not_taken(admin_client):
    _, session = authorised()
    assert "given up" in do(admin_client, session, "void")
    assert "cannot be done any more" in do(admin_client, session, "capture", amount="1")


@pytest.mark.parametrize(
    "amount", ["", "x", "0", "-1", "0.001", "NaN", "inf", "1e99", "1e-99", "9" * 40, "٣", "1_0"]
)
def test_amount_that_is_none_moves_nothing(admin_client, amount):
    order, session = paid_order()
    text = do(admin_client, session, "refund", amount=amount, once="x", why="y")
    known = {"٣": 300, "1_0": 1_000}  # which Python reads as numbers
    assert payments.payment(order=order).refunded.minor == known.get(amount, 0)
    assert amount in known or "more than nothing" in text


def test_too_much_moves_nothing_and_says_what_is_left(admin_client):
    order, session = paid_order()
    text = do(admin_client, session, "refund", amount="10.01", once="x", why="y")
    assert "No more than €10.00 is left" in text
    _, other = authorised()
    assert "No more than €10.00 was" in do(admin_client, other, "capture", amount="11")
    assert payments.payment(order=order).refunded.minor == 0


def test_says_when_the_provider_refuses_or_does_not_answer(admin_client, bank):
    _, session = paid_order()
    bank(RefusingBank)
    text = do(admin_client, session, "refund", amount="1", once="x", why="y")
    assert "The account is closed." in text
    bank(MuteBank)
    _, other = authorised()
    assert "does not answer" in do(admin_client, other, "void")


def test_page_opens_though_the_provider_does_not_answer(admin_client, far):
    session = payments.start(cart=cart_of("10"), method="card")
    far.fail("*", times=-1, status=500)
    assert "The provider does not answer." in page(admin_client, session)


def test_who_may_only_look_changes_nothing(client, django_user_model):
    eve = django_user_model.objects.create_user("eve", password="x", is_staff=True)
    eve.user_permissions.add(
        Permission.objects.get(content_type__app_label="payments", codename="view_session")
    )
    client.force_login(eve)
    _, session = authorised()
    assert verbs(page(client, session)) == set()
    for verb in ("capture", "void", "refund"):
        answer = client.post(f"{LIST}{session.id}/{verb}/", {"amount": "1", "once": "x"})
        assert answer.status_code == 403
    assert Session.objects.get(pk=session.id).status == "authorised"


def test_actions_want_a_form_of_ours_and_a_payment(admin_client, admin_user):
    _, session = authorised()
    assert admin_client.get(f"{LIST}{session.id}/void/").status_code == 405
    nobody = admin_client.post(f"{LIST}{ids.new()}/void/", follow=True)
    assert nobody.status_code in {200, 404}


def test_list_asks_the_database_little(admin_client, django_assert_max_num_queries):
    for _ in range(5):
        paid_order()
    with django_assert_max_num_queries(12):
        assert "€10.00" in admin_client.get(LIST).text


def test_differences_are_on_the_first_page_and_in_a_list(admin_client):
    _, session = paid_order()
    key = ids.public("pay", session.id)
    line = {"key": "k", "payment": key, "what": "refund", "minor": 300, "currency": "EUR"}
    BankEntry.objects.create(**line)
    assert [gaps for _, _, gaps in reconcile_now() if gaps]
    assert "differ between providers and us" in admin_client.get("/admin/").text
    listed = admin_client.get("/admin/payments/difference/?gone_at__isempty=1").text
    assert key in listed
    assert "€3.00" in listed
    row = Difference.objects.get()
    opened = admin_client.get(f"/admin/payments/difference/{row.pk}/change/")
    assert f"session/{session.id}/change/" in opened.text
    assert admin_client.get("/admin/payments/reconciliation/").status_code == 200
