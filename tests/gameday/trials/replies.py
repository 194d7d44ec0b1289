"""Orders whose answer nobody heard, and those that are sent twice: one cart, one key, one order."""

import time
from collections import Counter
from secrets import token_hex
from typing import Any
from uuid import UUID

from commerce import ids
from commerce.proving.buyers import Sale
from commerce.proving.crowd import Crowd
from tests.gameday.checkout import Ready, ready
from tests.gameday.cutting import Cutting
from tests.gameday.shop import Outcome, Shop, named, sized
from tests.gameday.trials.bargains import patiently

CUT = 0.3
PROCESSES, AT_ONCE = 2, 8  # buyers
PATIENCE = 60.0  # seconds without another order
AT_A_TIME = 50
ANSWERED = {202, 409}
MADE = """
SELECT count(DISTINCT cart)::integer, count(*)::integer, sum(quantity)::integer
FROM orders_order AS made JOIN orders_line ON order_id = made.id
WHERE sku = %s AND status <> 'refused'
"""
OF_CART = "SELECT count(*)::integer FROM orders_order WHERE cart = %s"
TWINS = "DROP INDEX orders_one_per_cart"
PART_TWINS = """
UPDATE orders_order SET cart = gen_random_uuid() WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY cart ORDER BY accepted_at, id) AS place
        FROM orders_order WHERE status <> 'refused'
    ) AS twins WHERE place > 1
)
"""
NO_TWINS = """
CREATE UNIQUE INDEX orders_one_per_cart ON orders_order (cart) WHERE status <> 'refused'
"""


def t6(shop: Shop, scale: float, *, keyless: bool = False) -> Outcome:
    """1,000 shoppers whose line is cut before three of ten answers, and who send the same again
    with the same key: 1,000 orders of one unit each, and each key has the same order every time.
    """
    sku, count = named(), sized(1_000, scale, 12)
    shop.sell(sku, 2 * count)
    cutting = Cutting(shop.address, CUT, keyless=keyless)
    with cutting.line() as url:
        share = -(-count // PROCESSES)
        crowd = Crowd(Sale(url, shop.place.key, sku, share, AT_ONCE, True), PROCESSES)
        crowd.leave_within = 1.0
        with crowd.shopping():
            wait_for(crowd)
    [(carts, orders, units)] = shop.ask(MADE, sku)
    differing = sum(len(set(each)) > 1 for each in cutting.orders.values())
    counts = {
        "shoppers": crowd.size,
        "answers cut": cutting.cut,
        "orders": orders,
        "of carts": carts,
        "of units": units,
        "told": len(set(crowd.told.orders)),
        "keys with several answers": sum(len(each) > 1 for each in cutting.orders.values()),
        "of which different": differing,
        "drift": shop.drift([sku]),
    }
    once = orders == carts == units == len(set(crowd.told.orders)) == crowd.size
    return Outcome(once and not differing and not counts["drift"], counts)


def t6_control(shop: Shop, scale: float) -> Outcome:
    """The same when each repetition has another key."""
    return t6(shop, min(scale, 0.1), keyless=True)


def wait_for(crowd: Crowd) -> None:
    """Return when everybody has an order, or nobody gets one any more."""
    before, since = 0, time.monotonic()
    while (visits := ended(crowd)) < crowd.size and time.monotonic() < since + PATIENCE:
        if visits > before:
            before, since = visits, time.monotonic()
        time.sleep(0.1)


def ended(crowd: Crowd) -> int:
    """Count the visits that came to an end."""
    return sum(crowd.told.answers[each] for each in ("ordered", "refused", "strange"))


def t7(shop: Shop, scale: float, *, one_key: bool = True) -> Outcome:
    """One cart is ordered 50 times at once with one key, in 20 rounds: one order is written, and
    whoever gets an order gets that one; the others are told to wait.
    """
    sku, rounds = named(), sized(20, scale)
    shop.sell(sku, AT_A_TIME * rounds)
    seen: Counter[int] = Counter()
    written: Counter[int] = Counter()
    for cart in ready(shop, sku, rounds):
        key = token_hex(8)
        wishes = [cart.ordering(key=key if one_key else "") for _ in range(AT_A_TIME)]
        seen += patiently(shop, wishes)
        [(rows,)] = shop.ask(OF_CART, cart_of(cart))
        written[rows] += 1
    fine = written == {1: rounds} and set(seen) <= ANSWERED
    return Outcome(fine, {"answers": dict(seen), "orders of a cart": dict(written)})


def t7_control(shop: Shop, scale: float) -> Outcome:
    """The same with a key for each request, when a cart may be ordered twice."""
    shop.tell(TWINS)
    try:
        return t7(shop, 0.1, one_key=False)
    finally:
        shop.tell(PART_TWINS)
        shop.tell(NO_TWINS)


def t8(shop: Shop, scale: float, *, one_key: bool = True) -> Outcome:
    """A key with another body is refused; another shopper's same key is a key of their own, and
    opens neither my cart nor my answer.
    """
    sku = named()
    shop.sell(sku, 10)
    mine, other, third = ready(shop, sku, 3)
    key = token_hex(8)
    again = key if one_key else token_hex(8)
    dearer = {"amount": "1.00", "currency": "EUR"}
    told = [
        shop.hear(mine.ordering(key=key)),
        shop.hear(mine.ordering(key=key)),
        shop.hear(mine.ordering(key=again, expected_total=dearer)),
        shop.hear(mine.ordering(key=again, by=third.cart)),
        shop.hear(other.ordering(key=again)),
    ]
    statuses = [status for status, _ in told]
    orders = [named_in(said) for _, said in told]
    separate = orders[0] == orders[1] != orders[4]
    fine = statuses == [202, 202, 422, 404, 202] and separate and orders[2:4] == ["", ""]
    return Outcome(fine, {"answers": statuses, "orders": len(set(orders) - {""})})


def t8_control(shop: Shop, scale: float) -> Outcome:
    """The same with a key for each request."""
    return t8(shop, scale, one_key=False)


def cart_of(cart: Ready) -> UUID:
    """Return the id of a cart."""
    return ids.parse("cart", cart.cart[0].rpartition("/")[2])


def named_in(said: Any) -> str:
    """Return the order that an answer is about."""
    return str(said.get("id", "")) if said else ""
