"""The trials of stock and cart. Each says what it counted, and whether that is what must be."""

import json
import random
import time
from collections import Counter
from collections.abc import Callable
from secrets import token_hex
from typing import Any

import psycopg

from apps.stock.management.proofs.oversell import Rush
from commerce.proving import Verdict, load
from tests.gameday.shop import Outcome, Shop, adding, reserve

BUSY = {429, 503}
Trial = Callable[[Shop, float], Outcome]


def sized(full: float, scale: float, least: int = 1) -> int:
    """Make a size smaller."""
    return max(least, round(full * scale))


def name() -> str:
    """Make up a SKU."""
    return f"DAY-{token_hex(4).upper()}"


def t1(shop: Shop, scale: float) -> Outcome:
    """64 people, each tries three times, 100 units: exactly 100 grants in every round."""
    grants: list[int] = []
    with shop.crowd(64) as (threads, lines):
        for _ in range(sized(100, scale)):
            sku = name()
            shop.shelve([sku], 100)
            grants.append(sum(threads.map(three_times(sku), lines)))
    return Outcome(set(grants) == {100}, {"rounds": len(grants), "grants": sorted(set(grants))})


def three_times(sku: str) -> "Callable[[psycopg.Connection[Any]], int]":
    """Have somebody try three times."""
    return lambda line: sum(reserve(line, {sku: 1}) for _ in range(3))


def t1_control(shop: Shop, scale: float) -> Outcome:
    """The same without the condition and the CHECK."""
    with shop.broken("guard"):
        return t1(shop, 0.01)


def t2(shop: Shop, scale: float) -> Outcome:
    """10,000 buyers for 500 units over HTTP: 500 held, everybody else told so, no 5xx."""
    sku, buyers, units = name(), sized(10_000, scale, 40), sized(500, scale, 2)
    shop.house.sell(sku, units)
    carts = shop.carts(buyers)
    figures = load.everybody(shop.address, [adding(cart, sku) for cart in carts], lines=16)
    [(kept,)] = shop.ask("SELECT coalesce(sum(quantity), 0) FROM stock_hold WHERE sku = %s", sku)
    p95 = figures.percentile(95)
    wanted = {201: units, 409: buyers - units}
    counts = {"held": int(kept), "answers": dict(figures.statuses), "p95 ms": round(p95, 1)}
    return Outcome(figures.statuses == wanted and kept == units and p95 < 250, counts)


def t2_control(shop: Shop, scale: float) -> Outcome:
    """The same without the condition and the CHECK."""
    with shop.broken("guard"):
        return t2(shop, scale / 10)


def t3(shop: Shop, scale: float, seconds: float = 60) -> Outcome:
    """16 people with baskets in any order, and a sweeper: no deadlock, no drift."""
    skus = [name() for _ in range(5)]
    shop.shelve(skus, 10_000_000)
    until, met = time.monotonic() + max(2.0, seconds * scale), Counter[str]()

    def person(line: "psycopg.Connection[Any]") -> None:
        while time.monotonic() < until:
            chosen = random.sample(skus, 3)
            try:
                reserve(line, dict.fromkeys(chosen, 1))
                line.execute("SELECT stock_sweep(interval '0', 100)")
                met["baskets"] += 1
            except psycopg.errors.DeadlockDetected:
                met["deadlocks"] += 1

    with shop.crowd(16) as (threads, lines):
        list(threads.map(person, lines))
    [(drift,)] = shop.ask("SELECT count(*) FROM stock_drift")
    passed = not met["deadlocks"] and not drift and met["baskets"] > 0
    return Outcome(passed, {**met, "drift": drift})


def t3_control(shop: Shop, scale: float) -> Outcome:
    """The same with levels locked in no order."""
    with shop.broken("order"):
        return t3(shop, scale, seconds=20)


def t5(shop: Shop, scale: float) -> Outcome:
    """Buyers order while web processes, Redis and PostgreSQL are killed."""
    return rush(shop, buyers=sized(4000, scale, 30), units=sized(2000, scale, 10), kills=3.0)


def t5_control(shop: Shop, scale: float) -> Outcome:
    """The same without the condition and the CHECK."""
    with shop.broken("guard"):
        return rush(shop, buyers=60, units=10, kills=0.0)


def rush(shop: Shop, *, buyers: int, units: int, kills: float) -> Outcome:
    """Sell out as `manage.py prove stock` does."""
    sku, verdict = name(), Verdict("stock")
    shop.house.sell(sku, units)
    options = {"buyers": buyers, "units": units, "kill_every": kills, "minutes": 15.0}
    options |= {"processes": 2, "at_once": 16}
    Rush(shop.house, sku, options, verdict, lambda sentence: None).run()
    return Outcome(not verdict.violations, verdict.counts | {"violations": verdict.violations})


def t7(shop: Shop, scale: float, *, one_key: bool = True) -> Outcome:
    """The same request 50 times at once: it happens once, nobody meets an error of ours."""
    sku = name()
    shop.house.sell(sku, 1000)
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
    sku = name()
    shop.house.sell(sku, 1000)
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


def t21(shop: Shop, scale: float) -> Outcome:
    """Three times as much as it can do: no collapse, the excess is told, and it recovers."""
    sku, seconds = name(), max(2.0, 60 * scale)
    shop.house.sell(sku, 1_000_000)

    def requests(count: float) -> list[bytes]:
        return [adding(cart, sku) for cart in shop.carts(int(count))]

    most = load.everybody(shop.address, requests(400 * seconds), lines=16, seconds=seconds).rate(
        201
    )
    flood = requests(3 * most * seconds)
    told: Counter[int] = Counter()

    def heard(status: int, head: bytes, body: bytes) -> None:
        told[status] += status not in BUSY or b"retry-after" in head.lower()

    under = load.offered(
        shop.address, flood, rate=3 * most, lines=400, seconds=seconds, heard=heard
    )
    after = load.offered(shop.address, requests(most / 2 * 3), rate=most / 2, lines=32, seconds=3)
    good, excess = under.rate(201) / most, sum(told[status] for status in BUSY)
    counts = {
        "most /s": round(most),
        "offered /s": round(3 * most),
        "goodput of most": round(good, 2),
        "excess told to come back": excess,
        "answers": dict(under.statuses),
        "p99 ms afterwards": round(after.percentile(99), 1),
    }
    passed = (
        good >= 0.9 and excess > 0 and set(told) <= {201, *BUSY} and after.percentile(99) < 1000
    )
    return Outcome(passed, counts)


def units_in(shop: Shop, cart: tuple[str, dict[str, str]]) -> int:
    """Count what is in a cart."""
    found: list[int] = []

    def heard(status: int, head: bytes, body: bytes) -> None:
        found.extend(item["quantity"] for item in json.loads(body)["items"])

    load.everybody(shop.address, [load.request("GET", cart[0], **cart[1])], lines=1, heard=heard)
    return sum(found)


def status_of(shop: Shop, request: bytes) -> int:
    """Send one request."""
    return next(iter(load.everybody(shop.address, [request], lines=1).statuses))


TRIALS: dict[str, tuple[Trial, Trial | None]] = {
    "T1": (t1, t1_control),
    "T2": (t2, t2_control),
    "T3": (t3, t3_control),
    "T5": (t5, t5_control),
    "T7": (t7, t7_control),
    "T8": (t8, t8_control),
    "T21": (t21, None),
}
