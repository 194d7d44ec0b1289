"""Somebody who shops over the API."""

import json
from dataclasses import dataclass, field
from uuid import uuid4

from django.test import Client

from apps.stock.interface import stock

CARTS = "/api/cart/v1/carts"


@dataclass
class Shopper:
    """A client that has a cart and follows its version."""

    id: str
    token: str
    version: int = 1
    http: Client = field(default_factory=Client)

    def call(self, method: str, path: str = "", body: object = None, **headers: str):
        headers = {name.replace("_", "-"): value for name, value in headers.items() if value}
        headers = {"X-Cart-Token": self.token} | headers
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self.http.generic(
            method, f"{CARTS}/{self.id}{path}", raw, "application/json", headers=headers
        )
        if answer.headers.get("ETag") and answer.status_code < 300:
            self.version = int(answer.headers["ETag"].strip('"'))
        return answer

    def add(self, sku: object, quantity: object = 1, key: str | None = None):
        key = str(uuid4()) if key is None else key
        return self.call("POST", "/items", {"sku": sku, "quantity": quantity}, Idempotency_Key=key)

    def change(self, method: str, path: str, body: object = None):
        return self.call(method, path, body, If_Match=f'"{self.version}"')

    def show(self) -> dict:
        return self.call("GET").json()


def free(sku="MUG") -> int:
    return stock.available(skus=(sku,))[sku].free


def problem(answer) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]
