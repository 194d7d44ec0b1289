"""What the tests of the API's conventions share."""

import json
import time

import pytest
from django.test import Client

from commerce.rest import keys, throttles
from commerce.rest.tests.shop import till


@pytest.fixture(autouse=True)
def _fresh_process(settings):
    """Forget what a process remembers, and use the mug shop's URLs."""
    settings.ROOT_URLCONF = "commerce.rest.tests.shop"
    keys.memory.forget()
    throttles.local.__init__()
    till.reset()


class Caller:
    """A client of the API with a cart token."""

    def __init__(self):
        self.client = Client(raise_request_exception=False)

    def post(self, path, body, **headers):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"X-Cart-Token": "token"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return self.client.generic("POST", path, raw, "application/json", headers=headers)

    def get(self, path, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(path, headers=headers)


@pytest.fixture
def api():
    return Caller()


@pytest.fixture
def publishable():
    """Return a publishable key that works."""
    return keys.storefront_key()


@pytest.fixture
def later(monkeypatch):
    """Move the clock that a process measures ages with."""

    def move(seconds):
        now = time.monotonic() + seconds
        monkeypatch.setattr(time, "monotonic", lambda: now)

    return move
