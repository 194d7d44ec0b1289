"""Somebody with an account, made as anybody makes one: by a link in a mail."""

import re

import pytest
from django.core import mail

from apps.customers.service import letters
from commerce.rest.keys import storefront_key
from commerce.testing import deliver_all

PASSWORD = "blue teapots sing at noon"
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def pk():
    return {"X-Api-Key": storefront_key()}


def link_in_mail() -> str:
    """Return the path that the last mail leads to."""
    deliver_all()
    [path] = re.findall(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)
    return path


def join(email="ada@example.com", password=PASSWORD, name="Ada"):
    """Make an account; returns the customer."""
    letters.ask(email=email, locale="en", joining=True)
    ticket = link_in_mail().rstrip("/").rpartition("/")[2]
    return letters.answer(ticket, password=password, name=name)


@pytest.fixture
def ada(db):
    return join()


@pytest.fixture
def bob(db):
    return join("bob@example.com", name="Bob")


def sign_in(client, email="ada@example.com", password=PASSWORD, **more):
    """Sign in as a browser does."""
    form = {"email": email, "password": password}
    return client.post("/account/sign-in/", form | more, headers=OURS)


def grant(client, pk, email="ada@example.com", password=PASSWORD):
    """Sign in as an app does; returns the tokens."""
    body = {"grant_type": "password", "email": email, "password": password}
    answer = client.post("/api/customers/v1/tokens", body, "application/json", headers=pk)
    assert answer.status_code == 200, answer.content
    return answer.json()


def bearer(tokens):
    """Write the header of whoever has tokens."""
    return {"Authorization": f"Bearer {tokens['access_token']}"}
