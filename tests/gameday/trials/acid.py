"""Two kinds of requests at once that each are right alone: the attacks known as ACIDRain.

After T. Warszawski and P. Bailis, "ACIDRain: Concurrency-Related Attacks on Database-Backed Web
Applications", SIGMOD 2017: what is in stock, vouchers, gift cards, and the total of a cart.
"""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Any

from apps.pricing.service import giftcards
from commerce.money import Money
from tests.gameday.checkout import ready
from tests.gameday.shop import Outcome, Shop, adding, named, sized
from tests.gameday.trials import bargains
from tests.gameday.trials.bargains import coupon, entering, patiently
from tests.gameday.trials.bargains import paying as paying_by_card

FEWEST, MOST = 2, 32  # requests at once
PRICE = 1_000  # cents
CARDS = 2  # orders that a gift card is good for
ANSWERED = {200, 201, 202, 409, 422}
ORDERED = """
SELECT count(*)::integer, coalesce(sum(grand), 0)::integer, coalesce(sum(quantity), 0)::integer
FROM orders_order AS made JOIN orders_line ON order_id = made.id
WHERE sku = %s AND accepted_at IS NOT NULL
"""
LEVEL = """
SELECT on_hand - held - allocated, held, allocated FROM stock_level WHERE sku = %s
"""
USED = "SELECT used FROM pricing_coupon WHERE code = %s"
LEFT = "SELECT balance_minor FROM pricing_giftcard WHERE id = %s"
PAID = """
SELECT coalesce(sum(minor), 0)::integer FROM payments_session WHERE "order" IN (
    SELECT order_id FROM orders_line WHERE sku = %s
)
"""
USES_AGAIN = f"""
UPDATE pricing_coupon SET used = use_limit WHERE used > use_limit; {bargains.WITHIN_AGAIN}
"""
BALANCES_AGAIN = f"""
UPDATE pricing_giftcard SET balance_minor = 0 WHERE balance_minor < 0; {bargains.BALANCE_AGAIN}
"""
Attack = Callable[[Shop, int], dict[str, int]]  # what must be 0 afterwards


def t28(shop: Shop, scale: float) -> Outcome:
    """500 tries of 2 to 32 requests at once, of two kinds each: the last units are put in carts and
    ordered, a voucher and a gift card are entered and used up, a cart is ordered and added to.
    Nothing is sold, used or taken that was not there, and each order is paid as it stands.
    """
    found = attacked(shop, sized(500, scale, 2 * len(ATTACKS)))
    anomalies = {name: dict(wrong) for name, wrong in found.items()}
    return Outcome(not any(wrong.total() for wrong in found.values()), anomalies)


def t28_control(shop: Shop, scale: float) -> Outcome:
    """The same, each without the guard of its kind: every one has to be noticed."""
    found = attacked(shop, sized(500, min(scale, 0.16), 10 * len(ATTACKS)), spoiled=True)
    unnoticed = [name for name, wrong in found.items() if not wrong.total()]
    anomalies = {name: dict(wrong) for name, wrong in found.items()}
    return Outcome(bool(unnoticed), anomalies)


def attacked(shop: Shop, tries: int, *, spoiled: bool = False) -> dict[str, Counter[str]]:
    """Try every attack in its turn; counts what was wrong afterwards."""
    found = {}
    for name, (attack, open_door) in ATTACKS.items():
        found[name] = Counter[str]()
        with open_door(shop) if spoiled else nullcontext(shop) as door:
            for _ in range(tries // len(ATTACKS)):
                found[name].update(attack(door, random.randint(FEWEST, MOST)))
    return found


def together(shop: Shop, requests: list[bytes]) -> Counter[int]:
    """Send all at once, in any order, and again with their keys while the shop is too busy."""
    random.shuffle(requests)
    answers = patiently(shop, requests)
    assert set(answers) <= ANSWERED, answers  # a trial in which nobody is served tells nothing
    return answers


def inventory(shop: Shop, count: int) -> dict[str, int]:
    """Order what some carts hold while others want the few units that are left."""
    sku, holders = named(), ready_count(count)
    units = holders + random.randint(0, count)
    shop.sell(sku, units)
    paid = ready(shop, sku, holders)
    others = [adding(cart, sku) for cart in shop.carts(max(1, count - holders))]
    answers = together(shop, [each.ordering() for each in paid] + others)
    [(free, held, allocated)] = shop.ask(LEVEL, sku)
    return {
        "sold too often": max(0, -free) + max(0, held + allocated - units),
        "orders without goods": abs(answers[202] - allocated),
        "holders without orders": holders - answers[202],
        "drift": shop.drift([sku]),
    }


def voucher(shop: Shop, count: int) -> dict[str, int]:
    """Order many carts with one voucher while others enter it."""
    code, sku = coupon(limit=1), named()
    shop.sell(sku, count)
    paid = ready(shop, sku, ready_count(count), entering=lambda cart: entering(cart, code))
    others = [entering(cart, code) for cart in shop.carts(max(1, count - len(paid)))]
    answers = together(shop, [each.ordering() for each in paid] + others)
    [(used,)] = shop.ask(USED, code)
    return {"uses but one": abs(used - 1), "orders but one": abs(answers[202] - 1)}


def gift_card(shop: Shop, count: int) -> dict[str, int]:
    """Order many carts with one gift card while others let it pay."""
    sku = named()
    shop.sell(sku, count)
    worth = CARDS * PRICE + PRICE // 2
    card, code = giftcards.issue(Money(worth, "EUR"))
    paid = ready(shop, sku, ready_count(count), entering=lambda cart: paying_by_card(cart, code))
    others = [paying_by_card(cart, code) for cart in shop.carts(max(1, count - len(paid)))]
    grand = {"amount": f"{PRICE / 100:.2f}", "currency": "EUR"}
    wishes = [each.ordering(expected_total=grand) for each in paid]
    answers = together(shop, wishes + others)
    [(left,)] = shop.ask(LEFT, card.pk)
    return {
        "orders too many or few": abs(answers[202] - min(CARDS, len(paid))),
        "cents wrong": abs(worth - left - answers[202] * PRICE),
    }


def total(shop: Shop, count: int) -> dict[str, int]:
    """Order a cart while things are added to it."""
    sku = named()
    shop.sell(sku, 10 * MOST)
    [cart] = ready(shop, sku, 1)
    orders = [cart.ordering(key="once") for _ in range(ready_count(count))]
    adds = [adding(cart.cart, sku) for _ in range(max(1, count - len(orders)))]
    together(shop, orders + adds)
    [(made, grand, units)] = shop.ask(ORDERED, sku)
    [(_, _, allocated)] = shop.ask(LEVEL, sku)
    [(paid,)] = shop.ask(PAID, sku)
    return {
        "orders of a cart": max(0, made - 1),
        "cents not paid": abs(grand - paid),
        "units for nothing": abs(units * PRICE - grand) // PRICE,
        "units not taken": abs(units - allocated),
    }


def ready_count(count: int) -> int:
    """Choose how many of the requests are orders: one at least, and not all."""
    return random.randint(1, max(1, count - 1))


@contextmanager
def without(shop: Shop, guard: str, *told: str) -> Any:
    """Serve at a door without a guard, while the database does without its own."""
    with ExitStack() as stack:
        for before, after in zip(told[::2], told[1::2], strict=True):
            shop.tell(before)
            stack.callback(shop.tell, after)
        yield stack.enter_context(shop.without(guard))


@contextmanager
def oversold(shop: Shop) -> Any:
    """Sell what is not there, and put it right afterwards as far as the CHECK wants it."""
    with shop.overselling():
        yield shop


Door = Callable[[Shop], AbstractContextManager[Shop]]
ATTACKS: dict[str, tuple[Attack, Door]] = {
    "inventory": (inventory, oversold),
    "voucher": (
        voucher,
        lambda shop: without(shop, "limits", bargains.WITHIN, USES_AGAIN),
    ),
    "gift card": (
        gift_card,
        lambda shop: without(shop, "balance", bargains.BALANCE, BALANCES_AGAIN),
    ),
    "total": (total, lambda shop: without(shop, "recount")),
}
