"""Orders that are declined too late, and whoever undoes them dies at every step of it."""

import json
import subprocess
import sys
from collections import Counter
from typing import Any

from apps.pricing.service import giftcards
from commerce import ids
from commerce.environment import ROOT
from commerce.money import Money
from commerce.proving import load
from tests.gameday.checkout import paying
from tests.gameday.shop import Cart, Outcome, Shop, adding, named, sized
from tests.gameday.staff import staff
from tests.gameday.trials.bargains import coupon, entering
from tests.gameday.trials.bargains import paying as paying_by_card

STEPS = (
    *("stock.commit", "pricing.claim", "payments.bind", "refusing"),
    *("payments.void", "pricing.unclaim", "stock.cancel", "refused"),
)
UNITS = 2
WORTH = 300  # cents on each gift card
Declined = dict[str, Any]  # what `tests.gameday.decliners` reads, and what is to be back
LEFT = """
SELECT status,
    (SELECT coalesce(sum(allocated), 0)::integer FROM stock_movement
        WHERE reference = made.id::text)
        + (SELECT count(*) FROM stock_allocation WHERE "order" = made.id) AS goods,
    (SELECT count(*) FROM stock_movement WHERE reference = made.id::text AND kind = 'cancelled')
        - (SELECT count(*) FROM stock_movement WHERE reference = made.id::text AND kind = 'sold')
        AS "goods too often",
    (SELECT used FROM pricing_coupon WHERE code = %s) AS coupon,
    (SELECT issued_minor - balance_minor FROM pricing_giftcard WHERE id = %s) AS "gift card"
FROM orders_order AS made WHERE cart = %s
"""


def t15(shop: Shop, scale: float, *, comes_back: bool = True) -> Outcome:
    """An order with a coupon and a gift card is declined when goods, coupon and card are taken, and
    whoever undoes that is killed before or after each of its steps, 160 times; who comes next gives
    everything back, and nothing twice.
    """
    sku, rounds = named(), sized(10, scale)
    shop.sell(sku, 10_000)
    deaths = [(step, after) for step in STEPS for after in (False, True)] * rounds
    wishes = [begun(shop, sku) | {"step": step, "after": after} for step, after in deaths]
    with staff(shop):
        ends = Counter(tried(shop, wishes))
        if comes_back:
            tried(shop, [wish | {"step": ""} for wish in wishes])
            tried(shop, [wish | {"step": ""} for wish in wishes])
        left = [kept(shop, wish) for wish in wishes]
    wrong = Counter(each for order in left for each, count in order.items() if count)
    counts = {
        "killed": ends[-9],
        "refused": sum(not order["undecided"] for order in left),
        "not as before": dict(wrong),
        "drift": shop.drift([sku]),
    }
    return Outcome(ends == {-9: len(deaths)} and not wrong and not counts["drift"], counts)


def t15_control(shop: Shop, scale: float) -> Outcome:
    """The same when nobody comes back."""
    return t15(shop, 0.1, comes_back=False)


def begun(shop: Shop, sku: str) -> Declined:
    """Fill a cart, have a coupon and a gift card count in it, and pay the rest."""
    [cart] = shop.carts(1)
    code, (card, secret) = coupon(limit=1), giftcards.issue(Money(WORTH, "EUR"))
    for request in (
        adding(cart, sku, quantity=UNITS),
        entering(cart, code),
        paying_by_card(cart, secret),
    ):
        status, said = shop.hear(request)
        assert status in {200, 201}, said
    session = shop.hear(paying(cart))[1]
    found = seen(shop, cart)
    return {
        "cart": found["id"],
        "version": found["version"],
        "total": found["totals"]["grand"],
        "session": session["id"],
        "coupon": code,
        "card": str(card.pk),
    }


def seen(shop: Shop, cart: Cart) -> dict[str, Any]:
    """Look at a cart."""
    found: dict[str, Any] = shop.hear(load.request("GET", cart[0], **cart[1]))[1]
    return found


def tried(shop: Shop, wishes: list[Declined]) -> list[int]:
    """Have somebody order each cart; gives how they ended."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.gameday.decliners"],
        input="\n".join(map(json.dumps, wishes)),
        env=dict(shop.place.variables),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    ends = [int(word) for word in told.stdout.split()]
    if told.returncode or 1 in ends:
        raise RuntimeError(told.stderr[-2_000:])
    return ends


def kept(shop: Shop, wish: Declined) -> dict[str, int]:
    """Say what of an order's is not as it was before."""
    cart = ids.parse("cart", wish["cart"])
    [(status, *left)] = shop.ask(LEFT, wish["coupon"], wish["card"], cart)
    names = "goods", "goods too often", "coupon", "gift card"
    return {"undecided": int(status != "refused"), **dict(zip(names, left, strict=True))}
