"""What bargain hunters try: prices of their own, codes they guess, and one coupon for all."""

import json
import random
import secrets
import time
from collections import Counter
from typing import Any
from uuid import uuid4

from apps.pricing.models import Coupon, Promotion
from apps.pricing.service import giftcards
from commerce.money import Money
from commerce.proving import load
from tests.gameday.shop import Cart, Outcome, Shop, adding, anywhere, named, sized

PATIENCE = 120.0  # seconds
MARKS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
FORGED = {
    "price": ["0.01", {"amount": "0.01", "currency": "EUR"}, -1, None, "NaN"],
    "unit": [{"amount": "0.00", "currency": "EUR"}],
    "discount": ["100%", {"amount": "99.00", "currency": "EUR"}, 1e9],
    "discounts": [[{"promotion": "all", "amount": {"amount": "9.00", "currency": "EUR"}}]],
    "tax": [0, {"amount": "0.00", "currency": "EUR"}],
    "tax_rate": ["0", -20],
    "currency_rate": [0.0001],
    "vendor": ["me", str(uuid4())],
    "total": [{"amount": "0.01", "currency": "EUR"}, 0],
    "totals": [{"grand": {"amount": "0.01", "currency": "EUR"}}],
    "shipping_id": ["free", 1],
    "shipping_price": [{"amount": "0.00", "currency": "EUR"}],
    "customer": [str(uuid4())],
    "coupons": [["ALL"]],
    "quote": [{"grand": {"amount": "0.01", "currency": "EUR"}}],
}
WITHIN = 'ALTER TABLE pricing_coupon DROP CONSTRAINT "pricing_coupon_within_limit"'
WITHIN_AGAIN = """
ALTER TABLE pricing_coupon ADD CONSTRAINT "pricing_coupon_within_limit"
CHECK (use_limit IS NULL OR used <= use_limit) NOT VALID
"""
BALANCE = """
ALTER TABLE pricing_giftcard DROP CONSTRAINT pricing_giftcard_within_balance,
DROP CONSTRAINT pricing_giftcard_balance_minor_check
"""
BALANCE_AGAIN = """
ALTER TABLE pricing_giftcard ADD CONSTRAINT pricing_giftcard_within_balance
CHECK (balance_minor >= 0 AND balance_minor <= issued_minor) NOT VALID,
ADD CONSTRAINT pricing_giftcard_balance_minor_check CHECK (balance_minor >= 0) NOT VALID
"""
TRUE_TOTAL = "SELECT minor FROM pricing_price WHERE sku = %s AND currency = 'EUR'"


def s5(shop: Shop, scale: float) -> Outcome:
    """5,000 bodies with a price, tax, total, vendor or discount of the client's own: none is
    taken, no total but the shop's is ordered, and it is ordered for that.
    """
    sku = named()
    shop.sell(sku, 1_000)
    [cart] = shop.carts(1)
    shop.hear(adding(cart, sku))
    session = paid(shop, cart)
    doors = forgeable(cart, sku, session)
    bodies = [forged(*random.choice(doors)) for _ in range(sized(5_000, scale, 60))]
    statuses = load.everybody(shop.address, bodies, lines=8).statuses
    total = session["amount"]
    wrong_totals = [
        {"amount": "0.01", "currency": "EUR"},
        {"amount": "0.00", "currency": "EUR"},
        {"amount": total["amount"], "currency": "USD"},
    ]
    refused = [shop.hear(ordering(cart, session, wrong, 2))[0] for wrong in wrong_totals]
    status, order = shop.hear(ordering(cart, session, total, 2))
    [(minor,)] = shop.ask(TRUE_TOTAL, sku)
    _, shown = shop.hear(load.request("GET", f"/api/orders/v1/orders/{order.get('id')}", **cart[1]))
    ordered = (shown.get("totals") or {}).get("grand")
    counts = {
        "bodies": dict(statuses),
        "other totals": refused,
        "ordered": status,
        "total": ordered,
    }
    right = ordered == {"amount": f"{minor / 100:.2f}", "currency": "EUR"}
    return Outcome(
        set(statuses) <= {400, 422} and set(refused) == {409} and status == 202 and right, counts
    )


def s5_control(shop: Shop, scale: float) -> Outcome:
    """The same at a door that believes what the client says the cart costs."""
    with shop.without("total") as other:
        return s5(other, scale / 10)


def forgeable(
    cart: Cart, sku: str, session: dict[str, Any]
) -> list[tuple[str, str, dict[str, Any], Cart]]:
    """List the doors that take a body, with a body that is good, but for what is forged in it."""
    place = cart[0]
    wish = wished(cart, session, session["amount"], 2)
    return [
        ("POST", f"{place}/items", {"sku": sku, "quantity": 1}, cart),
        ("PUT", f"{place}/items", {"items": [{"sku": sku, "quantity": 1}]}, cart),
        ("PATCH", place, {"email": "eve@example.com"}, cart),
        ("PUT", f"{place}/shipping", {"option": "standard"}, cart),
        ("POST", f"{place}/coupons", {"code": "NONE"}, cart),
        ("POST", "/api/payments/v1/sessions", {"cart_id": wish["cart_id"], "method": "test"}, cart),
        ("POST", "/api/orders/v1/prechecks", wish, cart),
        ("POST", "/api/orders/v1/orders", wish, cart),
    ]


def forged(method: str, path: str, body: dict[str, Any], cart: Cart) -> bytes:
    """Write a request with something of the client's own in its body, at the top or within."""
    chosen = random.sample(sorted(FORGED), random.randint(1, 3))
    extra = {name: random.choice(FORGED[name]) for name in chosen}
    forgery: dict[str, Any] = {**body, **extra}
    if "items" in body and random.random() < 0.5:
        forgery = {"items": [{**body["items"][0], **extra}]}
    headers = {"Idempotency_Key": str(uuid4()), "If_Match": '"2"', **cart[1]}
    headers["X_Forwarded_For"] = anywhere()
    return load.request(method, path, json.dumps(forgery).encode(), **headers)


def s8(shop: Shop, scale: float) -> Outcome:
    """10,000 guesses from one address find no coupon: about a hundred are looked at, the others
    get 429 with Retry-After, while somebody elsewhere enters the right code as often as they like.
    """
    code = coupon(limit=None)
    sku, mallory = named(), anywhere()
    shop.sell(sku, 100)
    carts = shop.carts(sized(200, scale, 15), somewhere=mallory)
    guesses = [entering(random.choice(carts), guess()) for _ in range(sized(10_000, scale, 300))]
    told: Counter[int] = Counter()
    hurried = 0

    def heard(status: int, head: bytes, body: bytes) -> None:
        nonlocal hurried
        told[status] += 1
        hurried += status == 429 and b"retry-after" not in head.lower()

    load.everybody(shop.address, guesses, lines=16, heard=heard)
    [honest] = shop.carts(1)
    shop.hear(adding(honest, sku))
    right = Counter(shop.hear(entering(honest, code))[0] for _ in range(25))
    counts = {"guesses": dict(told), "without Retry-After": hurried, "right codes": dict(right)}
    few = told[422] <= 100 + 20  # what is forgiven while the trial lasts
    passed = set(told) == {422, 429} and few and not hurried and set(right) == {200}
    return Outcome(passed, counts)


def s8_control(shop: Shop, scale: float) -> Outcome:
    """The same at a door that counts no guesses."""
    with shop.without("guesses") as other:
        return s8(other, scale / 10)


def guess() -> str:
    """Make up a code."""
    return "".join(random.choices(MARKS, k=8))


def s9(shop: Shop, scale: float) -> Outcome:
    """64 shoppers order with one single-use coupon at once, then 100: in each round it is used
    once, by one order, and all others are refused and pay nothing.
    """
    rounds = [contest(shop, people) for people in ([64, 100] if scale > 0.01 else [8, 8])]
    uses = [each["uses"] for each in rounds]
    fair = all(set(each["answers"]) <= {202, 409} for each in rounds)
    winners = [each["answers"].get(202, 0) for each in rounds]
    passed = fair and uses == [1, 1] and winners == [1, 1]
    return Outcome(passed, {"rounds": rounds})


def s9_control(shop: Shop, scale: float) -> Outcome:
    """The same without the condition, the CHECK and the look at what is left."""
    shop.tell(WITHIN)
    try:
        with shop.without("limits") as other:
            return s9(other, 0.001)
    finally:
        shop.tell("UPDATE pricing_coupon SET used = use_limit WHERE used > use_limit")
        shop.tell(WITHIN_AGAIN)


def contest(shop: Shop, people: int) -> dict[str, Any]:
    """Let so many people order at once, all with one coupon that is good for one order."""
    code, sku = coupon(limit=1), named()
    shop.sell(sku, people)
    carts = shop.carts(people)
    patiently(shop, [adding(cart, sku) for cart in carts], lines=16)
    patiently(shop, [entering(cart, code) for cart in carts], lines=16)
    wishes = []
    for cart in carts:
        session = paid(shop, cart)
        wishes.append(ordering(cart, session, session["amount"], 3))
    answers = patiently(shop, wishes)
    [(uses, claimed)] = shop.ask(
        "SELECT used, (SELECT count(*) FROM pricing_couponuse WHERE coupon_id = c.id)::integer "
        "FROM pricing_coupon AS c WHERE code = %s",
        code,
    )
    return {"people": people, "answers": dict(answers), "uses": uses, "claims": claimed}


def s9_card(shop: Shop, scale: float) -> Outcome:
    """64 shoppers pay at once with one gift card of 50, which holds enough for five of them: no
    more than 50 is taken, all that is taken is in orders, and what is left is on the card.
    """
    people = 64 if scale > 0.01 else 12
    sku = named()
    shop.sell(sku, people)
    [(price,)] = shop.ask(TRUE_TOTAL, sku)
    worth = price * 5 + price // 2
    card, code = giftcards.issue(Money(worth, "EUR"))
    carts = shop.carts(people)
    patiently(shop, [adding(cart, sku) for cart in carts], lines=16)
    patiently(shop, [paying(cart, code) for cart in carts], lines=16)
    wishes = [
        ordering(cart, paid(shop, cart), {"amount": f"{price / 100:.2f}", "currency": "EUR"}, 3)
        for cart in carts
    ]
    answers = patiently(shop, wishes)
    [(left, taken, orders)] = shop.ask(
        "SELECT balance_minor, coalesce(sum(minor), 0)::integer, count(minor) "
        "FROM pricing_giftcard AS c LEFT JOIN pricing_giftcarduse AS u ON u.card_id = c.id "
        "WHERE c.id = %s GROUP BY c.id",
        card.pk,
    )
    counts = {"worth": worth, "taken": taken, "left": left, "answers": dict(answers)}
    fair = set(answers) <= {202, 409} and answers[202] == orders == 5
    return Outcome(fair and taken <= worth and left + taken == worth, counts)


def s9_card_control(shop: Shop, scale: float) -> Outcome:
    """The same without the condition, the CHECK and the look at what is left."""
    shop.tell(BALANCE)
    try:
        with shop.without("balance") as other:
            return s9_card(other, 0.001)
    finally:
        shop.tell("UPDATE pricing_giftcard SET balance_minor = 0 WHERE balance_minor < 0")
        shop.tell(BALANCE_AGAIN)


def paying(cart: Cart, code: str) -> bytes:
    """Write the request that lets a gift card pay."""
    body = json.dumps({"code": code}).encode()
    return load.request("POST", f"{cart[0]}/gift-cards", body, **cart[1])


def patiently(shop: Shop, wishes: list[bytes], *, lines: int = 0) -> Counter[int]:
    """Have everybody ask, at once if not told otherwise, and again while the shop is too busy."""
    until = time.monotonic() + PATIENCE
    while True:
        answers = load.everybody(shop.address, wishes, lines=lines or len(wishes)).statuses
        if not answers[503] or time.monotonic() > until:
            return answers
        time.sleep(1)


def coupon(*, limit: int | None) -> str:
    """Issue a coupon that takes half."""
    code = "".join(secrets.choice(MARKS) for _ in range(12))
    half = {"conditions": [], "effects": [{"kind": "order-percent", "percent": "50"}]}
    key = f"day-{code.lower()}"
    sale = Promotion.objects.create(key=key, name=key, is_live=True, by_coupon=True, terms=half)
    Coupon.objects.create(code=code, promotion=sale, use_limit=limit)
    return code


def entering(cart: Cart, code: str) -> bytes:
    """Write the request that enters a coupon."""
    body = json.dumps({"code": code}).encode()
    return load.request("POST", f"{cart[0]}/coupons", body, **cart[1])


def paid(shop: Shop, cart: Cart) -> dict[str, Any]:
    """Have what a cart costs authorised."""
    body = json.dumps({"cart_id": cart[0].rpartition("/")[2], "method": "test"}).encode()
    headers = cart[1] | {"Idempotency_Key": str(uuid4())}
    while True:
        asked = load.request("POST", "/api/payments/v1/sessions", body, **headers)
        status, session = shop.hear(asked)
        if status != 503:
            found: dict[str, Any] = session
            return found
        time.sleep(0.5)


def wished(
    cart: Cart, session: dict[str, Any], total: dict[str, str], version: int
) -> dict[str, Any]:
    """Say what is to be ordered."""
    return {
        "cart_id": cart[0].rpartition("/")[2],
        "cart_version": version,
        "expected_total": total,
        "payment_session": session["id"],
    }


def ordering(cart: Cart, session: dict[str, Any], total: dict[str, str], version: int) -> bytes:
    """Write the request that orders a cart."""
    body = json.dumps(wished(cart, session, total, version)).encode()
    headers = cart[1] | {"Idempotency_Key": str(uuid4())}
    return load.request("POST", "/api/orders/v1/orders", body, **headers)
