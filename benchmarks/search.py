"""What finding costs: pages of shelves, typed words and changes, in whatever catalogue there is.

Run after benchmarks/catalog.py has filled the same home: .venv/bin/python benchmarks/search.py
Pages are rendered in this process without any cache; times are of the thread, not of the clock.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("HALLES_HOME", str(ROOT / ".halles" / "bench-catalog"))
os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.stubs.shop"

import django

django.setup()

from django.test import Client

from apps.catalog.interface import catalog
from apps.search.interface import Query, Results, search
from apps.search.service import rebuild

SMALL = 500  # hits, or as near as there is: the shelf by which growth is told


def main() -> None:
    """Measure what shoppers and the merchant wait for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--rebuild", action="store_true", help="build the index first")
    options = parser.parse_args()
    if options.rebuild:
        began = time.monotonic()
        count = rebuild()
        print(f"{count:,} products indexed in {time.monotonic() - began:.1f} s")
    print(f"{asked(Query('en')).total:,} products can be found")
    print(f"{'':36}{'hits':>10}{'p50 ms':>9}{'p99 ms':>9}")
    for name, (path, hits) in pages().items():
        measured(name, hits, options.rounds, partial(shown, path))
    for name, (queries, hits) in typed(options.rounds).items():
        measured(name, hits, options.rounds, partial(asked_next, queries))
    measured("a changed product, searchable", 1, options.rounds // 4, changed)


def asked(query: Query) -> Results:
    """Ask the interface, as the API and the pages do."""
    return search.find(query=query)


def asked_next(queries: list[Query]) -> Results:
    """Ask the next question."""
    return asked(queries.pop())


def shown(path: str) -> None:
    """Render a page."""
    answer = Client().get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")


def pages() -> dict[str, tuple[str, int]]:
    """Choose pages of the largest shelf and of a small one."""
    sized = sorted(
        (asked(Query("en", category=each.path, size=1)).total, each.path)
        for each in catalog.categories()
    )
    (hits, largest), small = sized[-1], min(sized, key=lambda each: abs(each[0] - SMALL))
    colour = urlencode({"f[color]": "Black"})
    narrowed = asked(Query("en", category=largest, filters={"color": ("Black",)})).total
    return {
        "the largest shelf": (f"/shelves/{largest}/", hits),
        "the same, page 400": (f"/shelves/{largest}/?page=400", hits),
        "the same by name, page 400": (f"/shelves/{largest}/?sort=name&page=400", hits),
        "the same, narrowed": (f"/shelves/{largest}/?{colour}", narrowed),
        "a small shelf": (f"/shelves/{small[1]}/", small[0]),
        "everything": ("/search/", asked(Query("en")).total),
    }


def typed(rounds: int) -> dict[str, tuple[list[Query], int]]:
    """Make up words of products that are there, some with two letters swapped."""
    chance = random.Random(6)
    hits = [hit for n in range(20) for hit in asked(Query("en", start=n * 100, size=100)).hits]
    names = [chance.choice(hits).name.split() for _ in range(rounds + 2)]
    right = [" ".join(name[:2]) for name in names]
    wrong = [f"{swapped(name[0], chance)} {name[1]}" for name in names]
    return {
        "two typed words": ([Query("en", text) for text in right], 0),
        "the same, one mistyped": ([Query("en", text) for text in wrong], 0),
    }


def swapped(word: str, chance: random.Random) -> str:
    """Swap two letters that stand side by side."""
    place = chance.randrange(1, max(2, len(word) - 1))
    return word[:place] + word[place : place + 2][::-1] + word[place + 2 :]


def changed() -> None:
    """Index a product again, as its fact asks for, and find it."""
    hit = asked(Query("en", start=random.randrange(1_000), size=1)).hits[0]
    search.refresh(products=(hit.product,))
    if not asked(Query("en", text=hit.sku)).total:
        raise SystemExit(f"{hit.sku} cannot be found")


def measured(name: str, hits: int, rounds: int, do: Callable[[], object]) -> None:
    """Print how long most, and nearly all, of some rounds take."""
    do()
    times = []
    for _ in range(max(rounds, 2)):
        began = time.thread_time()
        do()
        times.append(1_000 * (time.thread_time() - began))
    times.sort()
    slowest = times[min(len(times) - 1, len(times) * 99 // 100)]
    print(f"{name:36}{hits:>10,}{times[len(times) // 2]:>9.1f}{slowest:>9.1f}", flush=True)


if __name__ == "__main__":
    main()
