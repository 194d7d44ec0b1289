"""Nobody waits for anybody in a transaction, so none is open for long, and no connection either.

That no socket is used in one, every test sees to: `commerce.testing.no_io`.
"""

import math
import threading
import time
from collections import Counter
from typing import Any

from commerce.proving import load
from tests.gameday.shop import Outcome, Shop, named
from tests.gameday.trials.overload import FEW, mixed

RATE = 60.0  # requests a second; the machine has time to spare
LOOK = 0.003  # seconds from one look to the next
LONGEST = 100.0  # milliseconds
OPEN = """
SELECT pid, xact_start::text, 1000 * extract(epoch FROM clock_timestamp() - xact_start)::float
FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend'
    AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
"""
COMMITS = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
SLOW = """
CREATE FUNCTION gameday_slow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_sleep(0.15);
    RETURN NULL;
END $$;
CREATE TRIGGER gameday AFTER INSERT ON orders_order FOR EACH ROW EXECUTE FUNCTION gameday_slow()
"""
FAST = "DROP FUNCTION gameday_slow CASCADE"


class Watch(threading.Thread):
    """Looks at every open transaction, over and over."""

    def __init__(self, shop: Shop) -> None:
        super().__init__()
        self.shop, self.over = shop, threading.Event()
        self.seen: dict[tuple[int, str], float] = {}  # milliseconds, of those that were met
        self.commits = 0

    def run(self) -> None:
        with self.shop.place.connect() as truth:
            [(before,)] = truth.execute(COMMITS).fetchall()
            while not self.over.wait(LOOK):
                for process, began, age in truth.execute(OPEN).fetchall():
                    self.seen[process, began] = max(self.seen.get((process, began), 0.0), age)
            time.sleep(1)  # PostgreSQL counts a moment later
            [(after,)] = truth.execute(COMMITS).fetchall()
        self.commits = after - before

    def within(self, percent: float) -> float:
        """Return the milliseconds within which so many per cent of all were over, 0 if too few."""
        allowed = math.floor(self.commits * (100 - percent) / 100)
        longest = sorted(self.seen.values(), reverse=True)
        return longest[allowed] if allowed < len(longest) else 0.0


def t25(shop: Shop, scale: float) -> Outcome:
    """Holds and orders, 60 requests a second for a minute: no transaction, by which a connection is
    held, is open for 100 ms.
    """
    sku, seconds = named(), max(3.0, 60 * scale)
    shop.sell(sku, 1_000_000)
    requests = mixed(sku, RATE * seconds)
    watch = Watch(shop)
    watch.start()
    try:
        under = load.offered(shop.address, requests, rate=RATE, lines=FEW, seconds=seconds)
    finally:
        watch.over.set()
        watch.join()
    longest = max(watch.seen.values(), default=0.0)
    counts: dict[str, Any] = {
        "answers": dict(Counter(under.statuses)),
        "transactions": watch.commits,
        "longest ms": round(longest, 1),
        "p99 ms": round(watch.within(99), 1),
        "p99.9 ms": round(watch.within(99.9), 1),
    }
    served = set(under.statuses) <= {201, 202}
    return Outcome(served and 0 < longest < LONGEST, counts)


def t25_control(shop: Shop, scale: float) -> Outcome:
    """The same when whoever writes an order down waits for something meanwhile."""
    shop.tell(SLOW)
    try:
        return t25(shop, min(scale, 0.2))
    finally:
        shop.tell(FAST)
