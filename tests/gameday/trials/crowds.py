"""Crowds who want the same goods: never one unit too many, and no deadlock."""

import random
import time
from collections import Counter
from collections.abc import Callable

import psycopg

from commerce.proving import load
from tests.gameday.shop import Line, Outcome, Shop, adding, named, reserve, sized

ONE_ORDER = "ORDER BY sku, location FOR NO KEY UPDATE"


def t1(shop: Shop, scale: float) -> Outcome:
    """64 people, each tries three times, 100 units: exactly 100 grants in every round."""
    grants: list[int] = []
    with shop.crowd(64) as (threads, lines):
        for _ in range(sized(100, scale)):
            sku = named()
            shop.shelve([sku], 100)
            grants.append(sum(threads.map(three_times(sku), lines)))
    return Outcome(set(grants) == {100}, {"rounds": len(grants), "grants": sorted(set(grants))})


def three_times(sku: str) -> Callable[[Line], int]:
    """Have somebody try three times."""
    return lambda line: sum(reserve(line, {sku: 1}) for _ in range(3))


def t1_control(shop: Shop, scale: float) -> Outcome:
    """The same without the condition and the CHECK."""
    with shop.overselling():
        return t1(shop, 0.01)


def t2(shop: Shop, scale: float) -> Outcome:
    """10,000 buyers for 500 units of a sale over HTTP: 500 held, all others told so, no 5xx."""
    sku, buyers, units = named(), sized(10_000, scale, 40), sized(500, scale, 2)
    shop.sell(sku, units)
    shop.announce(sku)
    carts = shop.carts(buyers)
    figures = load.everybody(shop.address, [adding(cart, sku) for cart in carts], lines=16)
    [(kept,)] = shop.ask("SELECT coalesce(sum(quantity), 0) FROM stock_hold WHERE sku = %s", sku)
    p95 = figures.percentile(95)
    wanted = {201: units, 409: buyers - units}
    counts = {"held": int(kept), "answers": dict(figures.statuses), "p95 ms": round(p95, 1)}
    return Outcome(figures.statuses == wanted and kept == units and p95 < 250, counts)


def t2_control(shop: Shop, scale: float) -> Outcome:
    """The same without the condition and the CHECK."""
    with shop.overselling():
        return t2(shop, scale / 10)


def t3(shop: Shop, scale: float, seconds: float = 60) -> Outcome:
    """16 people with baskets in any order, and a sweeper: no deadlock, no drift."""
    skus = [named() for _ in range(5)]
    shop.shelve(skus, 10_000_000)
    until, met = time.monotonic() + max(2.0, seconds * scale), Counter[str]()

    def person(line: Line) -> None:
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
    drift = shop.drift(skus)
    passed = not met["deadlocks"] and not drift and met["baskets"] > 0
    return Outcome(passed, {**met, "drift": drift})


def t3_control(shop: Shop, scale: float) -> Outcome:
    """The same with levels locked in no order."""
    with shop.spoiled("stock_plan", ONE_ORDER, "FOR NO KEY UPDATE"):
        return t3(shop, scale, seconds=20)
