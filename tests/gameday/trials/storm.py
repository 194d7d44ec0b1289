"""What a day of new prices and counts does to pages: nothing, while shoppers see what is new."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, cycle

from apps.pricing.interface import Price, pricing
from commerce.money import Money
from commerce.proving import load
from tests.gameday.shop import Outcome, Shop, anywhere, named, sized

AT_ONCE = 1_000  # prices in one call
PAGES = ("/", "/products/{slug}", "/fr/products/{slug}", "/search/?q={sku}")
PACE = 40.0  # pages a second
SOON = 1.0  # seconds until pages are told a new price
FACTS = """
SELECT count(*) FROM events_outbox
WHERE name LIKE ANY(ARRAY['catalog.%%', 'cms.%%', 'pricing.%%', 'media.%%']) AND id > %s
"""
LAST_FACT = "SELECT coalesce(max(id), 0) FROM events_outbox"
LEVELS = """
UPDATE stock_level SET on_hand = on_hand + 1 WHERE sku = ANY(%s) AND location = 'main'
"""


def storm(shop: Shop, scale: float) -> Outcome:
    """100,000 prices and 100,000 levels change while pages are served: no page changes a byte,
    no fact asks for one to be dropped, and each new price is told within a second.
    """
    sku = named()
    shop.sell(sku, 1_000)
    changes = sized(100_000, scale, 200)
    skus = [f"{sku}-{number}" for number in range(min(changes, 10_000))]
    shop.shelve(skus, 1)
    [(before,)] = shop.ask(LAST_FACT)
    load.everybody(shop.address, [asking(shop, sku)] * 64, lines=32)  # of every process
    waits: list[float] = []
    with reading(shop, sku) as seen:
        for minor, first in zip(count(1_001), range(0, changes, AT_ONCE), strict=False):
            some = [skus[each % len(skus)] for each in range(first, min(first + AT_ONCE, changes))]
            prices = (Price(each, Money(minor, "EUR")) for each in some)
            pricing.set_prices(prices=(*prices, Price(sku, Money(minor, "EUR"))))
            waits.append(told_after(shop, sku, minor))
            shop.tell(LEVELS, some)
    [(facts,)] = shop.ask(FACTS, before)
    bodies = {path: len(found) for path, found in seen.items()}
    counts = {
        "changes": 2 * changes,
        "pages": {path: sum(found.values()) for path, found in seen.items()},
        "bodies": bodies,
        "facts that drop pages": facts,
        "slowest new price": round(max(waits), 3),
    }
    steady = all(number == 1 for number in bodies.values()) and len(bodies) == len(PAGES)
    return Outcome(steady and facts == 0 and max(waits) <= SOON, counts)


def storm_control(shop: Shop, scale: float) -> Outcome:
    """The same at a door that goes on telling what it told first."""
    with shop.without("window") as other:
        return storm(other, scale / 10)


@contextmanager
def reading(shop: Shop, sku: str) -> Iterator[dict[str, dict[bytes, int]]]:
    """Let a shopper read pages meanwhile; counts the bodies of each."""
    seen: dict[str, dict[bytes, int]] = defaultdict(lambda: defaultdict(int))
    over = threading.Event()
    paths = [path.format(slug=sku.lower(), sku=sku) for path in PAGES]

    def read() -> None:
        for path in cycle(paths):
            if over.wait(1 / PACE):
                return
            request = load.request("GET", path, X_Forwarded_For=anywhere())
            load.everybody(
                shop.address,
                [request],
                lines=1,
                heard=lambda status, head, body, path=path: note(seen[path], status, body),
            )

    reader = threading.Thread(target=read)
    reader.start()
    try:
        await_round(seen, paths)
        yield seen
        await_round(seen, paths)
    finally:
        over.set()
        reader.join()


def await_round(seen: dict[str, dict[bytes, int]], paths: list[str]) -> None:
    """Wait until every page has been read once more."""
    before = {path: sum(seen[path].values()) for path in paths}
    while any(sum(seen[path].values()) == before[path] for path in paths):
        time.sleep(0.05)


def note(bodies: dict[bytes, int], status: int, body: bytes) -> None:
    """Count what a page is, and what else was answered."""
    bodies[body if status == 200 else b"status %d" % status] += 1


def asking(shop: Shop, sku: str) -> bytes:
    """Write the request for what a page tells of a SKU."""
    return load.request("GET", f"/api/pricing/v1/live?sku={sku}", X_Api_Key=shop.place.key)


def told_after(shop: Shop, sku: str, minor: int) -> float:
    """Return the seconds until a page is told a price that was just set."""
    wanted = f"{minor / 100:.2f}"
    asked = asking(shop, sku)
    started = time.perf_counter()
    while time.perf_counter() < started + 3 * SOON:
        _, answer = shop.hear(asked)
        if [each["price"]["amount"] for each in answer["data"]] == [wanted]:
            break
    return time.perf_counter() - started
