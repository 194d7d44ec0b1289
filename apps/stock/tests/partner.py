"""A partner with a secret key, as tests of the API need one."""

import json
from typing import Any
from uuid import uuid4

from django.test import Client

from commerce.rest import keys

URL = "/api/stock/v1/"


class Partner:
    """Asks the stock's API with a key of some scopes."""

    def __init__(self, *scopes: str, name: str = "Warehouse") -> None:
        self.key = keys.make("sk")
        keys.ensure(name, "sk", self.key, scopes)
        self.client = Client()

    def ask(self, method: str, place: str, body: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.client.generic(
            method,
            place if place.startswith("/") else URL + place,
            "" if body is None else content,
            content_type=named.pop("Content-Type", "application/json"),
            headers={"Authorization": f"Bearer {self.key}", **named},
        )

    def get(self, place: str, **headers: str) -> Any:
        return self.ask("GET", place, **headers)

    def post(self, place: str, body: Any, key: str = "", **headers: str) -> Any:
        return self.ask("POST", place, body, Idempotency_Key=key or uuid4().hex, **headers)
