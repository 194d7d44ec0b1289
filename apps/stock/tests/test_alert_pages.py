"""Whoever finds something sold out can ask for a mail, on a page and by a script."""

import pytest
from django.test import Client

from apps.catalog.interface import Component, Kind, ProductDraft, Variant, catalog
from apps.stock.models import Alert

pytestmark = pytest.mark.django_db
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def hats():
    """A hat, and a set of hats."""
    name = {"en": "Felt hat", "fr": "Chapeau de feutre"}
    pair = {"kind": Kind.BUNDLE, "components": (Component("HAT", 2),)}
    catalog.save(
        drafts=(
            ProductDraft("HAT", Kind.SIMPLE, name, "felt-hat", variants=(Variant("HAT"),)),
            ProductDraft(key="PAIR", name=name, slug="pair", variants=(Variant("PAIR"),), **pair),
        )
    )


def send(email="bea@example.org", sku="HAT", page="/alerts/new", headers=OURS, **more):
    return Client().post(page, {"sku": sku, "email": email}, headers=headers, **more)


def waiting():
    return list(Alert.objects.values_list("email", "sku", "locale"))


def test_a_form_asks_where_to_write(client):
    page = client.get("/fr/alerts/?sku=HAT")
    assert "Chapeau de feutre" in page.text
    assert 'action="/fr/alerts/new"' in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert waiting() == []


def test_what_was_sent_is_remembered_in_its_language():
    answer = send(page="/fr/alerts/new")
    assert "Nous vous écrirons une fois, quand ce sera de retour." in answer.text
    assert send(page="/fr/alerts/new").status_code == 200
    assert waiting() == [("bea@example.org", "HAT", "fr")]


def test_a_script_is_told_the_same():
    answer = send(headers=OURS | {"Accept": "application/json"})
    assert answer.json() == {"message": "We will write to you once, when it is back."}
    assert send("bea", headers=OURS | {"Accept": "application/json"}).status_code == 422


@pytest.mark.parametrize("email", ["", "bea", "a@b.c\nBcc: all@example.org", "x" * 250 + "@ab.cd"])
def test_what_is_no_address_is_refused_with_the_form(email):
    answer = send(email)
    assert answer.status_code == 422
    assert 'class="complaint"' in answer.text
    assert waiting() == []


@pytest.mark.parametrize("sku", ["", "NOTHING", "PAIR", "<script>"])
def test_nobody_waits_for_what_never_comes(client, sku):
    assert client.get("/alerts/", {"sku": sku}).status_code == 404
    assert send(sku=sku).status_code == 404


def test_other_sites_send_nothing():
    assert send(headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert waiting() == []


def test_nobody_asks_for_hundreds_of_mails(settings):
    settings.LIMITS = True
    answers = [send(f"{n}@example.org", REMOTE_ADDR="198.51.100.7") for n in range(22)]
    assert [answer.status_code for answer in answers[19:]] == [200, 429, 429]
    assert len(waiting()) == 20
