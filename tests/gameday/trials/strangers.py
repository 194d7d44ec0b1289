"""What strangers try: carts that are not theirs, quantities that are none, and all of the goods."""

import json
from statistics import median
from typing import Any
from uuid import uuid4

from commerce import ids
from commerce.proving import load
from tests.gameday.shop import Cart, Outcome, Shop, adding, anywhere, named, sized

NO_QUANTITIES = ("-1", "0", "1e9", "1.5", '"1e3"', "NaN", "Infinity", "null", "[1]", "true")
NO_QUANTITIES += ('"1"', '"\\u0661"', "\u0661", "9223372036854775808", "1" * 99)
DOORS = (
    ("GET", "", ""),
    ("PATCH", "", "{}"),
    ("DELETE", "", ""),
    ("POST", "/items", '{"sku": "SKU", "quantity": 1}'),
    ("PUT", "/items", '{"items": []}'),
    ("POST", "/holds", ""),
)
KEPT = """
SELECT coalesce(sum(quantity), 0)::integer FROM stock_hold
WHERE sku = %s AND expires_at > clock_timestamp()
"""


def s3(shop: Shop, scale: float) -> Outcome:
    """At every door of somebody's cart a stranger hears what they hear of a cart that is not
    there, and as fast (medians within 5 ms); none of 10,000 invented names is a cart.
    """
    (there, _), (_, mallory) = shop.carts(2)
    doors = [
        told(shop, there, door, mallory) == told(shop, nowhere(), door, mallory) for door in DOORS
    ]
    slower = min(
        abs(typical(shop, there, mallory) - typical(shop, nowhere(), mallory)) for _ in range(3)
    )
    guesses = [knock(nowhere(), DOORS[0], mallory) for _ in range(sized(10_000, scale, 100))]
    guessed = load.everybody(shop.address, guesses, lines=16).statuses
    counts = {
        "doors": len(doors),
        "that tell": doors.count(False),
        "slower by ms": round(slower * 1000, 2),
        "guesses": dict(guessed),
    }
    return Outcome(all(doors) and slower < 0.005 and set(guessed) == {404}, counts)


def s3_control(shop: Shop, scale: float) -> Outcome:
    """The same at a door that asks for no proof."""
    with shop.without("proof") as other:
        return s3(other, scale / 10)


def nowhere() -> str:
    """Make up a cart."""
    return f"/api/cart/v1/carts/{ids.public('cart', ids.new())}"


def knock(cart: str, door: tuple[str, str, str], headers: dict[str, str]) -> bytes:
    """Write a stranger's request."""
    method, path, body = door
    mine = headers | {"Idempotency_Key": str(uuid4()), "If_Match": '"0"'}
    mine["X_Forwarded_For"] = anywhere()
    return load.request(method, cart + path, body.encode(), **mine)


def told(shop: Shop, cart: str, door: tuple[str, str, str], headers: dict[str, str]) -> Any:
    """Say what a stranger hears, without the name of the request itself."""
    status, body = shop.hear(knock(cart, door, headers))
    plain = {k: v for k, v in (body or {}).items() if k not in {"trace_id", "instance"}}
    return status, plain


def typical(shop: Shop, cart: str, headers: dict[str, str]) -> float:
    """Say how many seconds a stranger waits for an answer."""
    requests = [knock(cart, DOORS[0], headers) for _ in range(50)]
    return median(load.everybody(shop.address, requests, lines=1).times)


def s6(shop: Shop, scale: float) -> Outcome:
    """Nothing but small whole numbers is a quantity: refused with 400 or 422, nothing changes."""
    sku = named()
    shop.sell(sku, 50)
    [cart] = shop.carts(1)
    statuses = {value: shop.hear(putting(cart, sku, value))[0] for value in NO_QUANTITIES}
    _, after = shop.hear(load.request("GET", cart[0], **cart[1]))
    [(kept,)] = shop.ask(KEPT, sku)
    wrong = {value[:20]: code for value, code in statuses.items() if code not in {400, 422}}
    counts = {"tried": len(statuses), "accepted or failed": wrong, "held": kept}
    return Outcome(not wrong and not after["items"] and not kept, counts)


def s6_control(shop: Shop, scale: float) -> Outcome:
    """The same at a door that takes for a number whatever can be read as one."""
    with shop.without("strictness") as other:
        return s6(other, scale)


def putting(cart: Cart, sku: str, quantity: str) -> bytes:
    """Write the request that puts so many in a cart, as they are written."""
    body = f'{{"sku": {json.dumps(sku)}, "quantity": {quantity}}}'.encode()
    headers = cart[1] | {"Idempotency_Key": str(uuid4())}
    return load.request("POST", f"{cart[0]}/items", body, **headers)


def caps(shop: Shop, scale: float) -> Outcome:
    """One attacker with 500 carts holds no more of 100 units than the 10 that a party may."""
    sku, attacker = named(), anywhere()
    shop.sell(sku, 100)
    carts = shop.carts(sized(500, scale, 50), somewhere=attacker)
    requests = [adding(cart, sku, quantity=3) for cart in carts]
    statuses = load.everybody(shop.address, requests, lines=16).statuses
    [(kept,)] = shop.ask(KEPT, sku)
    counts = {"carts": len(carts), "answers": dict(statuses), "held": kept}
    return Outcome(0 < kept <= 10 and set(statuses) <= {201, 409, 429}, counts)


def caps_control(shop: Shop, scale: float) -> Outcome:
    """The same at a door without caps."""
    with shop.without("caps") as other:
        return caps(other, scale)
