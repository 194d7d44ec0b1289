"""How many orders a second are accepted over HTTP, how fast, and how soon they are real.

Run: .venv/bin/python benchmarks/orders.py
"""

import argparse
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("HALLES_HOME", str(ROOT / ".halles" / "bench"))
os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.stubs.shop"

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from msgspec import json

from benchmarks.stubs import shelf, tables
from benchmarks.stubs.house import EMPTY, LINES, shop, summary, workers
from commerce.proving import load

SKUS = 10_000
INSERTS = load.request("GET", "/api/bench/inserts")
PARTS = ("accepted", "beside", "real", "burst")
PAUSED = 30.0  # orders a second that are offered beside reservations
STEADY = 60.0  # orders a second that become real
BURST = 10_000  # orders
PATIENCE = 600.0  # seconds for everything to become real
WARM_UP = 300  # orders
Paid = list[tuple[str, str, str]]  # carts, their tokens, the sessions that pay for them


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--seconds", type=float, default=10, help="for each case (60 for record)")
    parser.add_argument("--most", type=int, default=300, help="orders a second to be ready for")
    parser.add_argument("--holds", type=float, default=1_000, help="reservations/s beside orders")
    parser.add_argument("--burst", type=int, default=BURST, help="orders at once")
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    shelf.stock_up(SKUS, 0)
    tables.clear()
    with shop() as address:
        ordered(address, paid(address, WARM_UP))
        if "accepted" in options.parts:
            accepted(address, options.seconds, options.most)
        if "beside" in options.parts:
            beside(address, options.seconds, options.holds)
        with workers():
            if "real" in options.parts:
                real(address, options.seconds)
            if "burst" in options.parts:
                burst(address, options.burst)


def accepted(address: tuple[str, int], seconds: float, most: int) -> None:
    """Print how many orders a second there can be, with nobody making them real yet."""
    bare = load.everybody(address, repeat(EMPTY), lines=LINES, seconds=seconds)
    tell("empty view", bare)
    tell("three inserts", load.everybody(address, repeat(INSERTS), lines=LINES, seconds=seconds))
    count = round(most * seconds)
    ready, paying = pay(address, shelf.full_carts(count, SKUS))
    tell("payment of 3 lines", paying)
    placing = load.everybody(address, orders(ready), lines=LINES, seconds=seconds)
    tell("order of 3 lines", placing)
    both = 1 / (1 / paying.rate(201) + 1 / placing.rate(202))
    print(f"paid and ordered: {both:,.0f}/s, {both / bare.rate():.2f} of the empty view")


def beside(address: tuple[str, int], seconds: float, holds: float) -> None:
    """Print how long orders wait while goods are reserved beside them."""
    ready = paid(address, round(PAUSED * seconds) + 1)
    adding = [
        shelf.adding(*cart, f"B{random.randrange(SKUS)}")
        for cart in shelf.carts(round(holds * seconds) + 1)
    ]
    with multiprocessing.get_context("fork").Pool(1) as other:
        others = other.apply_async(reserve, (address, adding, holds, seconds))
        figures = load.offered(
            address, list(orders(ready)), rate=PAUSED, lines=4 * LINES, seconds=seconds
        )
        tell(f"orders, {PAUSED:.0f}/s offered", figures)
        tell(f"reservations, {holds:,.0f}/s beside", others.get())


def reserve(
    address: tuple[str, int], adding: list[bytes], rate: float, seconds: float
) -> load.Figures:
    """Reserve goods at a pace."""
    return load.offered(address, adding, rate=rate, lines=4 * LINES, seconds=seconds)


def real(address: tuple[str, int], seconds: float) -> None:
    """Print how long an order waits at worst to become real, at a steady pace."""
    ready = paid(address, round(STEADY * seconds) + 1)
    settle()
    with multiprocessing.get_context("fork").Pool(1) as other:
        oldest = other.apply_async(longest_wait, (seconds,))
        figures = load.offered(
            address, list(orders(ready)), rate=STEADY, lines=4 * LINES, seconds=seconds
        )
        tell(f"orders, {STEADY:.0f}/s with workers", figures)
        print(f"backlog: {oldest.get():.1f} s at most, {settle():.1f} s until none was left")
    tell_states()


def burst(address: tuple[str, int], count: int) -> None:
    """Print how long a burst of orders takes to become real."""
    ready = paid(address, count)
    settle()
    began = time.perf_counter()
    tell(f"burst of {count:,} orders", ordered(address, ready))
    settle()
    print(f"all of them were real after {time.perf_counter() - began:.0f} s")
    tell_states()


def longest_wait(seconds: float) -> float:
    """Watch how old the oldest order is that is not placed yet."""
    connection.close()
    worst, end = 0.0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        worst = max(worst, tables.oldest_accepted())
        time.sleep(0.1)
    return worst


def settle() -> float:
    """Wait until every order is paid, and say for how long."""
    began = time.perf_counter()
    while tables.unfinished():
        assert time.perf_counter() < began + PATIENCE, "the workers do not come to an end"
        time.sleep(0.1)
    return time.perf_counter() - began


def tell_states() -> None:
    """Print how many orders there are of each state."""
    print("orders:", ", ".join(f"{count:,} {state}" for state, count in tables.states()))


def paid(address: tuple[str, int], count: int) -> Paid:
    """Have so many carts ready to be ordered."""
    return pay(address, shelf.full_carts(count, SKUS))[0]


def pay(address: tuple[str, int], carts: list[tuple[str, str]]) -> tuple[Paid, load.Figures]:
    """Authorise a payment for each cart, as shoppers do."""
    tokens, sessions = dict(carts), {}

    def heard(status: int, head: bytes, body: bytes) -> None:
        if status == 201:
            session = json.decode(body)
            sessions[session["cart_id"]] = session["id"]
            assert session["amount"] == shelf.TOTAL, session

    asked = (shelf.paying(*cart) for cart in carts)
    figures = load.everybody(address, asked, lines=LINES, heard=heard)
    return [(cart, tokens[cart], session) for cart, session in sessions.items()], figures


def orders(ready: Paid) -> Iterator[bytes]:
    """Write the request that orders each cart."""
    return (shelf.ordering(*each) for each in ready)


def ordered(address: tuple[str, int], ready: Paid) -> load.Figures:
    """Order all there is."""
    return load.everybody(address, orders(ready), lines=LINES)


def tell(name: str, figures: load.Figures) -> None:
    """Print a line."""
    told = summary(figures)
    print(f"{name:34} {told['rate']:8,}/s  p50 {told['p50']} ms  p99 {told['p99']} ms", end="  ")
    print(told["statuses"], flush=True)


if __name__ == "__main__":
    main()
