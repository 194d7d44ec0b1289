"""Carts that are filled and paid, so that a trial begins where orders do."""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from commerce import ids
from commerce.proving import load
from tests.gameday.shop import Cart, Shop, adding

LINES = 16  # connections
PATIENCE = 120.0  # seconds
VERSION = 2  # of a cart to which one thing was added


@dataclass(frozen=True)
class Ready:
    """A cart that can be ordered, and what pays for it."""

    cart: Cart
    session: dict[str, Any]
    version: int = VERSION

    def ordering(self, *, key: str = "", by: Cart | None = None, **other: Any) -> bytes:
        """Write the request that orders it, perhaps with something else in its body."""
        wish = {
            "cart_id": self.cart[0].rpartition("/")[2],
            "cart_version": self.version,
            "expected_total": self.session["amount"],
            "payment_session": self.session["id"],
        }
        headers = (by or self.cart)[1] | {"Idempotency_Key": key or str(uuid4())}
        return load.request(
            "POST", "/api/orders/v1/orders", json.dumps(wish | other).encode(), **headers
        )


def ready(
    shop: Shop, sku: str, count: int, *, entering: Callable[[Cart], bytes] | None = None
) -> list[Ready]:
    """Fill so many carts with one unit each, enter something in each perhaps, and pay for them."""
    carts = {cart[0].rpartition("/")[2]: cart for cart in shop.carts(count)}
    surely(shop, [adding(cart, sku) for cart in carts.values()], wanted=201)
    if entering:
        surely(shop, [entering(cart) for cart in carts.values()], wanted=200)
    version = VERSION + bool(entering)
    sessions = surely(shop, [paying(cart) for cart in carts.values()], wanted=201)
    return [Ready(carts[session["cart_id"]], session, version) for session in sessions]


def paying(cart: Cart, method: str = "test") -> bytes:
    """Write the request that pays for a cart."""
    body = json.dumps({"cart_id": cart[0].rpartition("/")[2], "method": method}).encode()
    headers = cart[1] | {"Idempotency_Key": str(uuid4())}
    return load.request("POST", "/api/payments/v1/sessions", body, **headers)


def order(shop: Shop, carts: Iterable[Ready]) -> list[UUID]:
    """Order every cart; gives the orders that were accepted."""
    told = surely(shop, [cart.ordering() for cart in carts], wanted=202)
    return [ids.parse("ord", each["id"]) for each in told]


def surely(shop: Shop, requests: list[bytes], *, wanted: int) -> list[dict[str, Any]]:
    """Send requests, all of them again while the shop is too busy for one; gives the answers."""
    until = time.monotonic() + PATIENCE
    while True:
        answers: list[tuple[int, bytes]] = []

        def heard(status: int, head: bytes, body: bytes, into: Any = answers) -> None:
            into.append((status, body))

        load.everybody(shop.address, requests, lines=LINES, heard=heard)
        if {status for status, _ in answers} == {wanted}:
            return [json.loads(body) for _, body in answers]
        assert time.monotonic() < until, [each for each in answers if each[0] != wanted][:3]
        time.sleep(1)
