"""What a price costs: in the engine, over HTTP, and when a million of them change.

Run: .venv/bin/python benchmarks/prices.py
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice, repeat
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("HALLES_HOME", str(ROOT / ".halles" / "bench"))
os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.stubs.shop"

import django

django.setup()

import msgspec
from django.core.management import call_command

from apps.pricing.interface import Price, pricing
from benchmarks.stubs import engine, shelf
from benchmarks.stubs.house import EMPTY, LINES, shop, summary
from commerce.money import Money
from commerce.proving import load
from commerce.rest import keys

SKUS = 10_000
ON_A_PAGE = 24
PAUSED = 300.0  # calls a second that are offered
WARM_UP = 20.0  # seconds, after which a process has met most SKUs
SPARE = 1.5  # times as many requests as the warm-up makes us expect
CHANGES = 1_000_000
LAST = "B0"  # the SKU whose new price is waited for
PARTS = ("engine", "http", "changes")


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--rounds", type=int, default=30, help="of the engine; the best is told")
    parser.add_argument("--seconds", type=float, default=10, help="for each case over HTTP")
    parser.add_argument("--skus", type=int, default=SKUS)
    options = parser.parse_args()
    if "engine" in options.parts:
        engine.measure(options.rounds)
    if {"http", "changes"} & set(options.parts):
        call_command("migrate", verbosity=0)
        shelf.stock_up(options.skus, 0)
        with shop() as address:
            if "http" in options.parts:
                over_http(address, options.skus, options.seconds)
            if "changes" in options.parts:
                changes(address)


def over_http(address: tuple[str, int], skus: int, seconds: float) -> None:
    """Print how many pages a second learn their prices, and how long 300 a second wait."""
    cases: dict[str, Callable[[], Iterator[bytes]]] = {
        "empty view": lambda: repeat(EMPTY),
        f"live, any {ON_A_PAGE} of {skus:,} SKUs": lambda: pages(skus),
        f"quotes of any {ON_A_PAGE} SKUs": lambda: quotes(skus),
        "cart of 10 lines, explained": lambda: carts(skus),
    }
    for name, requests in cases.items():
        warm_up = WARM_UP if "live" in name else 3.0
        trial = load.everybody(address, requests(), lines=LINES, seconds=warm_up)
        written = list(islice(requests(), int(trial.rate() * SPARE * seconds)))
        tell(name, load.everybody(address, written, lines=LINES, seconds=seconds))
    offered: dict[str, Iterator[bytes]] = {"empty view": repeat(EMPTY), "live": pages(skus)}
    for name, waiting in offered.items():
        figures = load.offered(
            address,
            [next(waiting) for _ in range(int(PAUSED * seconds) + 1)],
            rate=PAUSED,
            lines=4 * LINES,
            seconds=seconds,
        )
        tell(f"{name}, {PAUSED:,.0f}/s offered", figures)


def tell(name: str, figures: load.Figures) -> None:
    """Print a line."""
    told = summary(figures)
    print(f"{name:34} {told['rate']:8,}/s  p50 {told['p50']} ms  p99 {told['p99']} ms", end="  ")
    print(told["statuses"])


def pages(skus: int) -> Iterator[bytes]:
    """Ask for the prices and the availability of a page of goods that nobody else looks at."""
    key = keys.storefront_key()
    while True:
        yield load.request("GET", f"/api/pricing/v1/live?sku={some(skus)}", X_Api_Key=key)


def quotes(skus: int) -> Iterator[bytes]:
    """Ask what two units of each good on a page cost, with tax."""
    key, units = keys.storefront_key(), ",".join(["2"] * ON_A_PAGE)
    while True:
        path = f"/api/pricing/v1/quotes?sku={some(skus)}&qty={units}"
        yield load.request("GET", path, X_Api_Key=key)


def carts(skus: int) -> Iterator[bytes]:
    """Ask for the price of a cart, every cent explained."""
    key = keys.storefront_key()
    while True:
        lines = [{"sku": f"B{each}", "quantity": 3} for each in random.sample(range(skus), 10)]
        body = msgspec.json.encode({"currency": "EUR", "lines": lines})
        yield load.request("POST", "/api/pricing/v1/cart-quotes", body, X_Api_Key=key)


def some(skus: int) -> str:
    """Choose the goods of a page."""
    return ",".join(f"B{each}" for each in random.sample(range(skus), ON_A_PAGE))


def changes(address: tuple[str, int]) -> None:
    """Print how long a million new prices take, and after how long pages show the last."""
    with tempfile.TemporaryDirectory() as folder:
        sheet = Path(folder) / "prices.csv"
        for amount in ("10.00", "11.00"):
            with sheet.open("w") as file:
                file.write("sku,amount,currency\n")
                file.writelines(f"N{each},{amount},EUR\n" for each in range(CHANGES))
            started = time.perf_counter()
            call_command("import_prices", sheet)
            print(f"{CHANGES:,} prices at {amount} EUR: {time.perf_counter() - started:.0f} s")
    asked = load.request("GET", f"/api/pricing/v1/live?sku={LAST}", X_Api_Key=keys.storefront_key())
    slowest = max(seen_after(address, asked, minor) for minor in range(1_001, 1_021))
    print(f"a new price is on pages after {slowest * 1e3:.0f} ms at most, of 20")


def seen_after(address: tuple[str, int], asked: bytes, minor: int) -> float:
    """Return the seconds from setting a price until a page is told it."""
    wanted = b'"amount":"%d.%02d"' % divmod(minor, 100)
    pricing.set_prices(prices=(Price(LAST, Money(minor, "EUR")),))
    started = time.perf_counter()
    heard = [b""]
    while wanted not in heard[-1]:
        load.everybody(address, [asked], lines=1, heard=lambda *told: heard.append(told[2]))
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
