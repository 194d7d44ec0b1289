"""How many reservations a second, over HTTP. Run: .venv/bin/python benchmarks/reserve.py"""

import argparse
import json
import os
import platform
import random
import sys
from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("HALLES_HOME", str(ROOT / ".halles" / "bench"))
os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.stubs.shop"

import django

django.setup()

from django.core.management import call_command

from benchmarks.stubs import shelf
from benchmarks.stubs.house import EMPTY, LINES, shop, summary
from commerce.proving import load

WARM_UP = 3.0  # seconds
SPARE = 1.5  # times as many carts as the warm-up makes us expect
PAUSED = 1_000.0  # requests a second that are offered
Case = Callable[[int], Iterator[bytes]]


def main() -> None:
    """Measure every case for every size of shop that was asked for."""
    options = arguments()
    call_command("migrate", verbosity=0)
    results = []
    for skus in options.skus:
        for holds in options.holds:
            shelf.stock_up(skus, holds)
            with shop() as address:
                for _ in range(options.rounds):
                    results += [
                        {"skus": skus, "holds": holds} | each
                        for each in measured(address, skus, options)
                    ]
    report(options, results)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--seconds", type=float, default=10, help="for each case (60 for the record)"
    )
    parser.add_argument("--rounds", type=int, default=1, help="how often; medians are reported")
    parser.add_argument("--skus", type=int, nargs="+", default=[10_000])
    parser.add_argument("--holds", type=int, nargs="+", default=[0], help="live holds beforehand")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--json", type=Path, help="write every figure into this file")
    return parser.parse_args()


PAGE = load.request("GET", "/bench/empty")
SELECT = load.request("GET", "/api/bench/select")


def many(skus: int) -> Case:
    """One unit of any SKU, each in a cart of its own."""
    return lambda count: (
        shelf.adding(*cart, f"B{random.randrange(skus)}") for cart in shelf.carts(count)
    )


def hot(skus: int) -> Case:
    """One unit of the same SKU for everybody."""
    return lambda count: (shelf.adding(*cart, shelf.HOT) for cart in shelf.carts(count))


def three(skus: int) -> Case:
    """Three lines at once, all or nothing."""
    return lambda count: (
        shelf.replacing(*cart, tuple(f"B{n}" for n in random.sample(range(skus), 3)))
        for cart in shelf.carts(count)
    )


CASES: dict[str, Callable[[int], Case]] = {
    "empty view": lambda skus: lambda count: repeat(EMPTY, count),
    "page view": lambda skus: lambda count: repeat(PAGE, count),
    "SELECT 1": lambda skus: lambda count: repeat(SELECT, count),
    "many SKUs": many,
    "one hot SKU": hot,
    "three lines": three,
}


def measured(
    address: tuple[str, int], skus: int, options: argparse.Namespace
) -> Iterator[dict[str, object]]:
    """Run the cases one after another at full speed, then one at a given pace."""
    for name in options.cases:
        case = CASES[name](skus)
        trial = load.everybody(address, case(20_000), lines=LINES, seconds=WARM_UP)
        needed = int(trial.rate() * SPARE * options.seconds)
        requests = list(case(needed))
        figures = load.everybody(address, requests, lines=LINES, seconds=options.seconds)
        yield {"case": name} | summary(figures)
    if "many SKUs" in options.cases:
        requests = list(many(skus)(int(PAUSED * options.seconds) + 1))
        figures = load.offered(
            address, requests, rate=PAUSED, lines=4 * LINES, seconds=options.seconds
        )
        yield {"case": f"many SKUs, {PAUSED:,.0f}/s offered"} | summary(figures)


def report(options: argparse.Namespace, results: list[dict[str, object]]) -> None:
    """Print medians over the rounds, and each rate beside the empty view of the same shop."""
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"
    )
    print(
        f"{'SKUs':>9} {'holds':>9}  {'case':<26}{'/s':>8}{'of empty':>10}{'p50 ms':>9}{'p99 ms':>9}"
    )
    for skus in options.skus:
        for holds in options.holds:
            here = [each for each in results if (each["skus"], each["holds"]) == (skus, holds)]
            ceiling = middle(here, "empty view", "rate")
            for name in dict.fromkeys(str(each["case"]) for each in here):
                rate, p50, p99 = (middle(here, name, what) for what in ("rate", "p50", "p99"))
                share = f"{rate / ceiling:10.2f}" if ceiling else " " * 10
                print(f"{skus:>9,} {holds:>9,}  {name:<26}{rate:8,.0f}{share}{p50:9.1f}{p99:9.1f}")
    for each in results:
        if set(each["statuses"]) - {200, 201}:  # type: ignore[call-overload]
            print(f"not everybody was served: {each['case']} {each['statuses']}")
    if options.json:
        options.json.write_text(json.dumps(results, indent=2))


def middle(results: list[dict[str, object]], case: str, what: str) -> float:
    """Return the median of a figure of a case, 0 if it was not measured."""
    return median([float(str(each[what])) for each in results if each["case"] == case] or [0.0])


if __name__ == "__main__":
    main()
