"""Requests that are sent again: a key makes a change happen once, and for its owner only."""

from collections import Counter
from secrets import token_hex

from commerce.proving import load
from tests.gameday.shop import Cart, Outcome, Shop, adding, named, sized


def t7(shop: Shop, scale: float, *, one_key: bool = True) -> Outcome:
    """The same request 50 times at once: it happens once, nobody meets an error of ours."""
    sku = named()
    shop.sell(sku, 1000)
    seen: Counter[int] = Counter()
    wrong = 0
    for _ in range(sized(20, scale)):
        [cart] = shop.carts(1)
        key = token_hex(8)
        requests = [adding(cart, sku, key=key if one_key else "") for _ in range(50)]
        seen += load.everybody(shop.address, requests, lines=50).statuses
        wrong += units_in(shop, cart) != 1
    passed = not wrong and set(seen) <= {201, 409}
    return Outcome(passed, {"answers": dict(seen), "carts with another quantity": wrong})


def t7_control(shop: Shop, scale: float) -> Outcome:
    """The same with a key for each request."""
    return t7(shop, 0.01, one_key=False)


def t8(shop: Shop, scale: float, *, one_key: bool = True) -> Outcome:
    """A key with another body is refused; somebody else's key gives nobody's answer away."""
    sku = named()
    shop.sell(sku, 1000)
    mine, other = shop.carts(2)
    key = token_hex(8)
    thief = mine[0], other[1]
    again = key if one_key else token_hex(8)
    told = [
        status_of(shop, adding(mine, sku, key=key)),
        status_of(shop, adding(mine, sku, key=again, quantity=2)),
        status_of(shop, adding(other, sku, key=again)),
        status_of(shop, adding(thief, sku, key=again)),
    ]
    return Outcome(told == [201, 422, 201, 404], {"answers": told})


def t8_control(shop: Shop, scale: float) -> Outcome:
    """The same with a key for each request."""
    return t8(shop, scale, one_key=False)


def units_in(shop: Shop, cart: Cart) -> int:
    """Count what is in a cart."""
    _, found = shop.hear(load.request("GET", cart[0], **cart[1]))
    return sum(item["quantity"] for item in found["items"])


def status_of(shop: Shop, request: bytes) -> int:
    """Send one request."""
    return shop.hear(request)[0]
