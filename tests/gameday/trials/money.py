"""What goes wrong with money: workers that die, forgers, and many who want the same refund."""

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

from apps.payments.interface import payments
from apps.payments.tests.far import Far
from apps.payments.tests.standin import signature
from commerce import ids
from commerce.environment import ROOT
from commerce.money import Money
from commerce.proving import load
from commerce.rest import keys
from tests.gameday.shop import Cart, Outcome, Shop, adding, named, sized
from tests.gameday.trials.bargains import ordering, paid, patiently

HOOK = "/api/payments/v1/webhooks/stripe"
SESSIONS = "/api/payments/v1/sessions"
WITHIN = "ALTER TABLE payments_session DROP CONSTRAINT payments_refunds_within_captures"
WITHIN_AGAIN = """
ALTER TABLE payments_session ADD CONSTRAINT payments_refunds_within_captures CHECK (
    captured_minor >= refunded_minor AND minor >= captured_minor AND refunded_minor >= 0
) NOT VALID
"""
ENDS = "DROP INDEX payments_bank_ends_once"
ENDS_AGAIN = """
CREATE UNIQUE INDEX payments_bank_ends_once ON payments_bankentry (payment)
WHERE what IN ('capture', 'void')
"""
ONE_EACH = """
DELETE FROM payments_bankentry AS later USING payments_bankentry AS first
WHERE later.what = 'capture' AND first.what = 'capture' AND later.payment = first.payment
    AND later.id > first.id
"""
PAID = "SELECT count(*) FROM orders_order WHERE status = 'paid' AND id = ANY(%s)"
WAITED = """
SELECT coalesce(max(extract(epoch FROM now() - fact.occurred_at)), 0)
FROM events_delivery AS delivery JOIN events_outbox AS fact ON fact.id = delivery.fact_id
WHERE delivery.consumer = 'apps.orders.handlers.mail_confirmation'
"""
BUSY = 503  # nobody was let in
WORKERS = 2  # processes that take money, so that as many may be asking when it is enough
ILL = 25.0  # seconds
Mood = tuple[dict[str, Any], tuple[float, ...]]  # how captures fail, when notices come
MOODS: dict[str, Mood] = {
    "lost": ({"lost": True}, ()),
    "fails before": ({"status": 500}, ()),
    "fails after": ({"status": 500, "done": True}, ()),
    "slow": ({"before": 30, "times": -1}, ()),
    "notice before": ({"after": 1}, (0,)),
    "notice after": ({}, (1,)),
    "notice twice": ({}, (0, 0.5)),
    "notice never": ({}, ()),
}
TAKEN = """
SELECT payment, count(*)::integer FROM payments_bankentry
WHERE what = 'capture' AND payment = ANY(%s) GROUP BY payment
"""


def t13(shop: Shop, scale: float) -> Outcome:
    """200 workers are killed when the bank has taken the money and the shop has not written that
    down: each order's money is taken once, and the shop knows of it in the end.
    """
    return killed(shop, sized(200, scale, 4), dying="DyingBank", living="Bank")


def t13_control(shop: Shop, scale: float) -> Outcome:
    """The same with a bank that is told another key each time, and looks at nothing else."""
    shop.tell(ENDS)
    try:
        return killed(shop, sized(20, scale, 4), dying="DyingForgetfulBank", living="ForgetfulBank")
    finally:
        shop.tell(ONE_EACH)
        shop.tell(ENDS_AGAIN)


def killed(shop: Shop, count: int, *, dying: str, living: str) -> Outcome:
    """Kill whoever takes the money of an order, then have it taken again."""
    sku = sold(shop)
    sessions = [bound(shop, sku) for _ in range(count)]
    signals = taking(shop, dying, sessions)
    again = taking(shop, living, sessions)
    names = [ids.public("pay", session) for _, session in sessions]
    captures = Counter(times for _, times in shop.ask(TAKEN, names))
    known = shop.ask(
        "SELECT count(*) FROM payments_session WHERE status = 'captured' AND id = ANY(%s)",
        [session for _, session in sessions],
    )[0][0]
    counts = {
        "killed": signals.get("-9", 0),
        "captures an order": dict(captures),
        "captured in our books": known,
        "drift": drift(shop),
    }
    passed = captures == {1: count} and known == count and counts["killed"] == count
    return Outcome(passed and again == {"0": count} and not counts["drift"], counts)


def taking(shop: Shop, bank: str, orders: list[tuple[UUID, UUID]]) -> Counter[str]:
    """Have a process of its own take each order's money; counts how they ended."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.gameday.banks", bank],
        input=" ".join(str(order) for order, _ in orders),
        env=dict(shop.place.variables),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode:
        raise RuntimeError(told.stderr[-2_000:])
    return Counter(told.stdout.split())


def bound(shop: Shop, sku: str = "") -> tuple[UUID, UUID]:
    """Make an order of nothing but a payment that was authorised; gives it and the payment."""
    sku = sku or sold(shop)
    [cart] = shop.carts(1)
    shop.hear(adding(cart, sku))
    session, order = paid(shop, cart), ids.new()
    own = ids.parse("pay", session["id"])
    payments.bind(
        order=order, cart=cart_of(cart), session=own, amount=Money.from_json(session["amount"])
    )
    return order, own


def sold(shop: Shop) -> str:
    """Sell something new."""
    sku = named()
    shop.sell(sku, 10_000)
    return sku


def cart_of(cart: Cart) -> UUID:
    """Return the id of a cart."""
    return ids.parse("cart", cart[0].rpartition("/")[2])


def drift(shop: Shop) -> int:
    """Count the payments whose counters are not what was booked."""
    return int(shop.ask("SELECT count(*) FROM payments_drift")[0][0])


def s10(shop: Shop, scale: float) -> Outcome:
    """32 refunds of a tenth at once, of each of 20 payments: ten of them are made and the others
    refused; and no refund of nothing, less than nothing or more than was taken is ever made.
    """
    rounds = [storm(shop) for _ in range(sized(20, scale))]
    told = sum((Counter(each["answers"]) for each in rounds), Counter[int]())
    wrong = sum((Counter(each["wrong"]) for each in rounds), Counter[int]())
    over = [each["given back"] for each in rounds if each["given back"] > each["taken"]]
    counts = {
        "payments": len(rounds),
        "answers": dict(told),
        "wrong amounts": dict(wrong),
        "payments with more given back than taken": len(over),
        "drift": drift(shop),
    }
    fair = told == {201: 10 * len(rounds), 409: 22 * len(rounds)}
    passed = fair and set(wrong) <= {409, 422} and not over and not counts["drift"]
    return Outcome(passed, counts)


def s10_control(shop: Shop, scale: float) -> Outcome:
    """The same without the condition and the CHECK."""
    shop.tell(WITHIN)
    try:
        with shop.without("refunds") as other:
            return s10(other, 0.001)
    finally:
        shop.tell(WITHIN_AGAIN)


def storm(shop: Shop) -> dict[str, Any]:
    """Ask for many refunds of one payment at once."""
    order, session = bound(shop)
    payments.capture(order=order)
    taken = payments.payment(order=order).captured
    tenth = Money(taken.minor // 10, "EUR").to_json()
    key = partner()
    wrong = [{"amount": text, "currency": "EUR"} for text in ("0", "-1.00", "-0.01", "999999")]
    wrong += [{"amount": "1.00", "currency": "USD"}]
    refused = load.everybody(shop.address, [refunding(key, session, w) for w in wrong], lines=5)
    asked = [refunding(key, session, tenth) for _ in range(32)]
    answers = patiently(shop, asked)
    [(given,)] = shop.ask(
        "SELECT coalesce(sum(minor), 0)::integer FROM payments_bankentry "
        "WHERE what = 'refund' AND payment = %s",
        ids.public("pay", session),
    )
    return {
        "answers": answers,
        "wrong": refused.statuses,
        "given back": given,
        "taken": taken.minor,
    }


def partner() -> str:
    """Make the key of a partner who may move money."""
    key = keys.make("sk")
    keys.ensure(f"gameday {key[3:9]}", "sk", key, ["payments:write"])
    return key


def refunding(key: str, session: UUID, amount: dict[str, str]) -> bytes:
    """Write the request for a refund."""
    body = json.dumps({"amount": amount, "reason": "gameday"}).encode()
    headers = {"Authorization": f"Bearer {key}", "Idempotency_Key": str(uuid4())}
    path = f"/api/payments/v1/payments/{ids.public('pay', session)}/refunds"
    return load.request("POST", path, body, **headers)


def s24(shop: Shop, scale: float) -> Outcome:
    """5,000 notices that are forged, old, unsigned or changed by one byte: none is believed.
    Those that are signed with the new or the old secret all are, and each is heard once.
    """
    [session] = unpaid(shop, 1)
    payment = session["id"]
    secrets = shop.place.variables["STRIPE_WEBHOOK_SECRETS"].split(",")
    wrong = [next(forgeries(payment, secrets[0])) for _ in range(sized(5_000, scale, 40))]
    believed = load.everybody(shop.address, wrong, lines=8).statuses
    good = [notice(payment) for _ in range(sized(500, scale, 4))]
    heard = [said(body, signature(body, random.choice(secrets))) for body in good] * 3
    random.shuffle(heard)
    answers = patiently(shop, heard, lines=8)
    [(kept,)] = shop.ask(
        "SELECT count(*) FROM payments_providernotice WHERE session_id = %s",
        ids.parse("pay", payment),
    )
    counts = {"wrong": dict(believed), "right": dict(answers), "heard": kept, "said": len(good)}
    unheard = set(believed) <= {400, BUSY}
    return Outcome(unheard and set(answers) == {204} and kept == len(good), counts)


def s24_control(shop: Shop, scale: float) -> Outcome:
    """The same at a door that believes every signature."""
    with shop.without("signatures") as other:
        return s24(other, min(scale, 0.02))


def notice(payment: str) -> bytes:
    """Write a notice about a payment."""
    subject = {"object": "payment_intent", "metadata": {"payment": payment}}
    told = {"id": f"evt_{uuid4().hex}", "type": "payment_intent.succeeded"}
    return json.dumps(told | {"data": {"object": subject}}).encode()


def forgeries(payment: str, secret: str) -> Iterator[bytes]:
    """Make up a notice that is not to be believed."""
    body, now = notice(payment), time.time()
    right = signature(body, secret)
    place = random.randrange(len(body))
    changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
    yield random.choice(
        [
            said(body, signature(body, "whsec_guessed")),
            said(body, signature(body, secret, now - random.choice([301, 3_600, 10**9]))),
            said(changed, right),
            said(body + b" ", right),
            said(body, right.replace("v1=", "v0=")),
            said(body, "t=1,v1="),
            said(body, ""),
        ]
    )


def said(body: bytes, signed: str) -> bytes:
    """Write the request with which a provider says something."""
    return load.request("POST", HOOK, body, Stripe_Signature=signed)


def unpaid(shop: Shop, count: int) -> list[dict[str, Any]]:
    """Begin so many payments over the provider's page; each with its cart."""
    sku, found = sold(shop), []
    for cart in shop.carts(count):
        shop.hear(adding(cart, sku))
        wanted = {"cart_id": cart[0].rpartition("/")[2], "method": "card"}
        wanted["return_url"] = "/checkout/return/"
        headers = cart[1] | {"Idempotency_Key": str(uuid4())}
        body = json.dumps(wanted).encode()
        _, session = shop.hear(load.request("POST", SESSIONS, body, **headers))
        found.append(session | {"cart": cart})
    return found


def s25(shop: Shop, scale: float) -> Outcome:
    """200 shoppers who have paid nothing come back from the provider's page by hand, confirm,
    order all the same, order with the cheaper payment of another cart, and send notices: none of
    their orders is accepted. Those who have paid get theirs.
    """
    sessions = unpaid(shop, sized(200, scale, 6))
    paying, cheap = sessions.pop(), sessions.pop()
    far = Far(shop.place.variables["STRIPE_API"])
    for session in (paying, cheap):
        far.pay(session["action"]["url"])
    answers: Counter[int] = Counter()
    for session in sessions:
        for tampering in tamperings(session, cheap):
            shop.hear(tampering)
        for used in (session, cheap):
            answers[shop.hear(ordering(session["cart"], used, session["amount"], 2))[0]] += 1
    honest, _ = shop.hear(ordering(paying["cart"], paying, paying["amount"], 2))
    own = [ids.parse("pay", session["id"]) for session in sessions]
    [(good,)] = shop.ask(
        "SELECT count(*) FROM payments_session WHERE id = ANY(%s) "
        "AND status IN ('authorised', 'captured')",
        own,
    )
    [(accepted,)] = shop.ask(
        "SELECT count(*) FROM orders_order WHERE accepted_at IS NOT NULL AND cart = ANY(%s)",
        [cart_of(session["cart"]) for session in sessions],
    )
    counts = {
        "unpaid": len(sessions),
        "answers": dict(answers),
        "accepted": accepted,
        "payments that became good": good,
        "who paid": honest,
    }
    refused = set(answers) <= {409, 422, BUSY}
    return Outcome(refused and not accepted and not good and honest == 202, counts)


def s25_control(shop: Shop, scale: float) -> Outcome:
    """The same at a door that believes whoever comes back."""
    with shop.without("verdicts") as other:
        return s25(other, min(scale, 0.02))


def tamperings(session: dict[str, Any], cheap: dict[str, Any]) -> Iterator[bytes]:
    """Do by hand what a browser does after paying, and more."""
    headers = session["cart"][1]
    name = session["id"]
    for query in (f"session={name}", f"session={name}&redirect_status=succeeded&paid=1"):
        yield load.request("GET", f"/checkout/return/?{query}", **headers)
    once = headers | {"Idempotency_Key": str(uuid4())}
    yield load.request("POST", f"{SESSIONS}/{name}/confirm", **once)
    bodies: list[dict[str, Any]] = [{"status": "authorised"}, {"amount": cheap["amount"]}]
    for body in bodies:
        once = headers | {"Idempotency_Key": str(uuid4())}
        yield load.request("POST", f"{SESSIONS}/{name}/confirm", json.dumps(body).encode(), **once)
    yield said(notice(name), "t=1,v1=x")


def t14(shop: Shop, scale: float) -> Outcome:
    """The provider takes the money and does not say so, fails before and after, is 30 s slow, and
    says by itself what has happened: sooner, later, twice or never. Every order is paid once within
    ten minutes, books agree, few wait for a silent provider, and no mail waits 2 s behind them.
    """
    return weather(shop, sized(20, scale, 2), MOODS)


def t14_control(shop: Shop, scale: float) -> Outcome:
    """The same with a provider that is slow for half a minute longer than there is patience."""
    return weather(shop, 2, {"slow": MOODS["slow"]}, patience=10)


def weather(shop: Shop, count: int, moods: dict[str, Mood], *, patience: float = 600) -> Outcome:
    """Have so many orders paid in each mood of the provider, one mood after the other."""
    far = Far(shop.place.variables["STRIPE_API"])
    told = {name: moody(shop, far, count, mood, patience) for name, mood in moods.items()}
    good = all(
        each["paid"] == count and each["captures"] == {1: count} and each["mail waited"] < 2
        for each in told.values()
    )
    few = told["slow"]["asked while silent"] <= 5 + WORKERS
    counts = {"orders in each": count, **told, "drift": drift(shop)}
    return Outcome(good and few and not counts["drift"], counts)


def moody(shop: Shop, far: Far, count: int, mood: Mood, patience: float) -> dict[str, Any]:
    """Order while the provider has a mood, which lasts for half a minute."""
    sessions = unpaid(shop, count)
    fault, notices = mood
    place = f"http://{shop.address[0]}:{shop.address[1]}{HOOK}"
    far.hook(place if notices else "", notices)
    for session in sessions:
        far.pay(session["action"]["url"])
    if fault:
        far.fail("capture", **({"times": count} | fault))
    before, began = far.books["asked"].count("capture"), time.monotonic()
    wishes = [ordering(each["cart"], each, each["amount"], 2) for each in sessions]
    orders = [ids.parse("ord", shop.hear(wish)[1]["id"]) for wish in wishes]
    paid_ones, silent, mail, ill = 0, 0, 0.0, bool(fault)
    while paid_ones < count and time.monotonic() < began + patience:
        time.sleep(0.5)
        [(paid_ones,)] = shop.ask(PAID, orders)
        [(waited,)] = shop.ask(WAITED)
        mail = max(mail, float(waited))
        if ill:
            silent = far.books["asked"].count("capture") - before
        if ill and time.monotonic() > began + ILL:
            far.heal()
            ill = False
    far.heal()
    captures = far.captures()
    return {
        "paid": paid_ones,
        "seconds": round(time.monotonic() - began, 1),
        "captures": dict(Counter(captures[each["id"]][0] for each in sessions)),
        "asked while silent": silent,
        "mail waited": round(mail, 1),
    }
