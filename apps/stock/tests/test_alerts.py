import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from apps.catalog.interface import Kind, ProductDraft, Variant, catalog
from apps.stock.interface import Line, stock
from apps.stock.models import Alert
from apps.stock.service import alerts
from apps.stock.tasks import announce
from apps.stock.tests.shelf import commit, lapse, reserve, tell
from commerce import clock, ids
from commerce.rest import keys
from commerce.testing import deliver_all

URL = "/api/stock/v1/alerts"


@pytest.fixture(autouse=True)
def hat(db):
    """A hat that is sold, and sold out."""
    name = {"en": "Felt hat", "fr": "Chapeau de feutre"}
    draft = ProductDraft("HAT", Kind.SIMPLE, name, "felt-hat", variants=(Variant("HAT"),))
    catalog.save(drafts=(draft,))
    stock.count(lines=(Line("HAT", 1),), reference="opening")


@pytest.fixture
def gone(alice):
    reserve(alice, HAT=1)
    return alice


def subscribe(email="bea@example.org", sku="HAT", **more):
    body = {"sku": sku, "email": email} | more
    headers = {"X-Api-Key": keys.storefront_key()}
    return Client().post(URL, body, content_type="application/json", headers=headers)


def tick():
    announce()
    deliver_all()


def problem(answer):
    return answer.status_code, answer.json()["code"]


def test_one_mail_when_it_is_back_and_nothing_is_kept(gone):
    answer = subscribe(" Bea@Example.org ")
    assert (answer.status_code, answer.json()) == (202, {"sku": "HAT"})
    tick()
    assert mail.outbox == []
    stock.release(cart=gone)
    tick()
    tick()
    [letter] = mail.outbox
    assert letter.to == ["bea@example.org"]
    assert letter.subject == "Back in stock: Felt hat"
    assert "/products/felt-hat" in letter.body
    assert not Alert.objects.exists()


@pytest.mark.parametrize("way", ["lapse", "cancel", "receive"])
def test_hears_of_it_however_it_came_back(gone, order, way):
    subscribe()
    if way == "lapse":
        lapse(gone)
    elif way == "cancel":
        commit(order, gone, HAT=1)
        stock.cancel(order=order)
    else:
        stock.count(lines=(Line("HAT", 2),), reference="monday")
    tick()
    assert len(mail.outbox) == 1


def test_writes_in_french(gone):
    subscribe(locale="fr")
    stock.release(cart=gone)
    tick()
    assert mail.outbox[0].subject == "De retour : Chapeau de feutre"
    assert "/fr/products/felt-hat" in mail.outbox[0].body


def test_asking_twice_is_asking_once(gone):
    subscribe()
    assert subscribe().status_code == 202
    assert Alert.objects.count() == 1


def test_an_address_waits_for_so_much(gone, monkeypatch):
    for number in range(alerts.MOST):
        Alert.objects.create(email="bea@example.org", sku=f"S{number}", locale="en")
    assert subscribe().status_code == 202
    assert Alert.objects.count() == alerts.MOST


@pytest.mark.usefixtures("gone")
def test_a_caller_asks_so_often(settings):
    settings.LIMITS = True
    statuses = [subscribe(f"bea{number}@example.org").status_code for number in range(21)]
    assert statuses == [202] * 20 + [429]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"email": "no address"}, (422, "body-invalid")),
        ({"email": "a@" + "b" * 300}, (422, "body-invalid")),
        ({"email": "bea@example.org\r\nBcc: all@example.org"}, (422, "body-invalid")),
        ({"email": None}, (422, "body-invalid")),
        ({"locale": "tlh"}, (422, "body-invalid")),
        ({"sku": "NOBODY-HAS-THIS"}, (422, "sku-unknown")),
        ({"sku": ""}, (422, "body-invalid")),
    ],
)
def test_refuses_what_makes_no_alert(more, expected):
    assert problem(subscribe(**more)) == expected
    assert not Alert.objects.exists()


def test_the_first_who_asked_hear_first(gone, monkeypatch):
    monkeypatch.setattr(alerts, "AT_ONCE", 2)
    for name in ("ann", "bob", "cyd"):
        subscribe(f"{name}@example.org")
    stock.release(cart=gone)
    tick()
    assert [letter.to for letter in mail.outbox] == [["ann@example.org"], ["bob@example.org"]]
    tick()
    assert len(mail.outbox) == 3


def test_the_link_in_the_mail_leads_out(gone):
    subscribe()
    alert = Alert.objects.get()
    [item] = catalog.items(skus=("HAT",)).values()
    letter = alerts.message(alert, item)
    link = re.search(r"http\S+/alerts/\S+", letter.body)[0]
    assert letter.extra_headers["List-Unsubscribe"] == f"<{link}>"
    place = "/" + link.split("/", 3)[3]
    page = Client().get(place)
    assert (page.status_code, "HAT" in page.content.decode()) == (200, True)
    assert "no-store" in page.headers["Cache-Control"]
    assert Alert.objects.exists()
    for _ in range(2):
        assert Client(enforce_csrf_checks=True).post(place).status_code == 200
    assert not Alert.objects.exists()


def test_a_forged_link_leads_nowhere(gone):
    subscribe()
    alert = Alert.objects.get()
    for name, token in ((alert.id, "forged"), (ids.new(), "forged")):
        for method in ("get", "post"):
            assert getattr(Client(), method)(f"/alerts/{name}/{token}").status_code == 404
    assert Alert.objects.exists()


def test_a_mail_server_that_is_down_is_tried_again(gone, settings):
    subscribe()
    stock.release(cart=gone)
    announce()
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "apps.stock.tests.mailbox.Down"
    with pytest.raises(ConnectionError):
        alerts.mail("HAT")
    assert Alert.objects.count() == 1
    settings.EMAIL_BACKEND = backend
    alerts.mail("HAT")
    assert (len(mail.outbox), Alert.objects.count()) == (1, 0)


def test_an_address_that_is_declined_keeps_nobody_waiting(gone, settings):
    subscribe("gone@example.org")
    subscribe("bea@example.org")
    stock.release(cart=gone)
    announce()
    settings.EMAIL_BACKEND = "apps.stock.tests.mailbox.Declining"
    alerts.mail("HAT")
    assert [letter.to for letter in mail.outbox] == [["bea@example.org"]]
    assert not Alert.objects.exists()


def test_what_is_sold_no_more_is_no_news(gone):
    subscribe()
    tell("UPDATE stock_alert SET sku = 'OLD', announced_at = now()")
    alerts.mail("OLD")
    assert (mail.outbox, Alert.objects.count()) == ([], 0)


def test_forgets_what_nobody_could_be_told(gone):
    subscribe()
    Alert.objects.update(created_at=clock.now() - timedelta(days=181))
    alerts.forget()
    assert not Alert.objects.exists()
