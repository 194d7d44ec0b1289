"""Shoppers with a new cart each."""

import json

import pytest
from django.http import HttpResponse

from apps.cart.tests.rest.shopper import CARTS, Shopper
from commerce.rest import keys


@pytest.fixture
def begin(client):
    key = keys.storefront_key()

    def begin(body: object = None) -> HttpResponse:
        raw = json.dumps(body or {}).encode()
        return client.generic("POST", CARTS, raw, "application/json", headers={"X-Api-Key": key})

    return begin


@pytest.fixture
def alice(begin):
    made = begin().json()
    return Shopper(made["id"], made["token"])


@pytest.fixture
def bob(begin):
    made = begin().json()
    return Shopper(made["id"], made["token"])
