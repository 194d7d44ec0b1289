"""Five kills a second for ten minutes: web processes and those who shop, and PostgreSQL as well."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from apps.stock.management.proofs import books
from commerce.environment import ROOT
from commerce.proving import Verdict
from commerce.proving.buyers import Sale
from commerce.proving.told import Told
from tests.gameday.shop import Outcome, Shop, named

SHOPPERS = 16  # at once, each a process
BETWEEN = 0.2  # seconds from one kill to the next
OTHERS = 7  # shoppers are killed for each web process, which takes a third of a second to begin
CRASH = 5.0  # seconds from one crash of PostgreSQL to the next
RESTART = 5.0  # seconds that PostgreSQL may be away
END = 150.0  # seconds after which nothing may be undecided or held; a hold lasts 60
LOOK = 0.02  # seconds from one look to the next
STOPPED = 1.0  # seconds between two looks that a busy machine does not explain
UNITS = 1_000_000
BEGAN = "SELECT pg_postmaster_start_time()"
MADE = """
WITH made AS (
    SELECT orders.id, cart, status FROM orders_order AS orders
    JOIN orders_line AS line ON line.order_id = orders.id
    WHERE sku = %(sku)s AND status <> 'refused'
)
SELECT (SELECT count(*) FROM made) AS orders,
    (SELECT count(*) FROM made WHERE status IN ('placing', 'refusing')) AS undecided,
    (SELECT count(*) - count(DISTINCT cart) FROM made) AS doubled,
    (SELECT count(*) FROM made WHERE NOT EXISTS (
        SELECT FROM events_outbox WHERE aggregate = made.id::text AND name = 'orders.OrderAccepted'
    )) AS "without outbox",
    (SELECT count(*) FROM made FULL JOIN (
        SELECT "order", quantity FROM stock_allocation WHERE sku = %(sku)s
    ) AS given ON "order" = id WHERE quantity IS DISTINCT FROM 1 OR id IS NULL
    ) AS "not their goods",
    (SELECT count(*) FROM stock_hold WHERE sku = %(sku)s) AS "holds left",
    (SELECT count(*) FROM stock_drift WHERE sku = %(sku)s) AS drift
"""
# Whoever asks for a commit that is on disk gets one that will be, in ten seconds perhaps.
HASTY = """
CREATE FUNCTION gameday_hasty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    RETURN NULL;
END $$;
CREATE TRIGGER gameday AFTER INSERT OR UPDATE ON orders_order EXECUTE FUNCTION gameday_hasty();
ALTER ROLE CURRENT_USER SET synchronous_commit = off
"""
DURABLE = """
ALTER ROLE CURRENT_USER RESET synchronous_commit;
DROP FUNCTION gameday_hasty CASCADE
"""
LAZY = {"wal_writer_delay": "10s", "wal_writer_flush_after": "1GB"}


class Awake(threading.Thread):
    """Counts seconds, but not those for which somebody stopped this process or the machine."""

    seconds = 0.0

    def run(self) -> None:
        before = time.monotonic()
        while True:
            time.sleep(LOOK)
            now = time.monotonic()
            self.seconds += min(now - before, STOPPED)
            before = now


class Killing:
    """Shoppers who want one each, of a shop that dies over and over."""

    def __init__(self, shop: Shop, sku: str) -> None:
        self.place, self.sku = shop.place, sku
        self.told, self.verdict = Told(), Verdict("kills")
        self.killed: Counter[str] = Counter()
        self.away: list[float] = []  # seconds that PostgreSQL was, each time
        self.awake = Awake(daemon=True)

    def hold(self, seconds: float) -> None:
        """Kill for so long, and look at the books all the while."""
        watch = books.Watch(self.place, self.sku, self.verdict)
        watch.start()
        self.awake.start()
        with self.shopping() as crowd, self.crashing():
            began = time.monotonic()
            for number in range(1, round(seconds / BETWEEN) + 1):
                kill = random.choice((self.kill_web, *[self.kill_shopper] * OTHERS))
                kill(crowd)
                time.sleep(max(0.0, began + number * BETWEEN - time.monotonic()))
        watch.end()

    def kill_web(self, crowd: int) -> None:
        """Kill a web process."""
        self.place.kills["web"]()
        self.killed["web"] += 1

    def kill_shopper(self, crowd: int) -> None:
        """Kill a shopper; another comes."""
        alive = Path(f"/proc/{crowd}/task/{crowd}/children").read_text().split()
        if alive:
            os.kill(int(random.choice(alive)), signal.SIGKILL)
            self.killed["shoppers"] += 1

    @contextmanager
    def shopping(self) -> Iterator[int]:
        """Have shoppers all the time, and listen to what they tell; gives their parent."""
        place = self.place
        sale = Sale(place.url, place.key, self.sku, buyers=0, threads=SHOPPERS, ordering=True)
        command = [sys.executable, "-m", "tests.gameday.shoppers"]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        ) as crowd:
            assert crowd.stdin
            assert crowd.stdout
            print(json.dumps(vars(sale)), file=crowd.stdin, flush=True)
            ear = threading.Thread(target=self.told.hear, args=[crowd.stdout])
            ear.start()
            try:
                yield crowd.pid
            finally:
                crowd.kill()
                ear.join()

    @contextmanager
    def crashing(self) -> Iterator[None]:
        """Crash PostgreSQL over and over."""
        over = threading.Event()

        def crash() -> None:
            while not over.wait(max(BETWEEN, CRASH - sum(self.away[-1:]))):
                self.away.append(self.crash())

        crashes = threading.Thread(target=crash)
        crashes.start()
        try:
            yield
        finally:
            over.set()
            crashes.join()

    def crash(self) -> float:
        """Crash PostgreSQL; says after how many seconds another answered."""
        before, began = self.found(BEGAN), self.awake.seconds
        self.place.kills["postgres"]()
        self.killed["PostgreSQL"] += 1
        while self.found(BEGAN) in ({}, before) and self.awake.seconds < began + END:
            time.sleep(LOOK)
        return round(self.awake.seconds - began, 2)

    def settled(self) -> dict[str, Any]:
        """Wait until nothing is undecided or held; says what there is in the end."""
        give_up = time.monotonic() + END
        while True:
            self.found("SELECT stock_sweep(interval '0', 1000)")
            made = self.found(MADE)
            over = made and not made["undecided"] and not made["holds left"]
            if over or time.monotonic() > give_up:
                return made
            time.sleep(1)

    def found(self, sql: str) -> dict[str, Any]:
        """Ask for one row about the SKU; {} if nobody answers."""
        try:
            with self.place.connect() as truth, truth.cursor(row_factory=dict_row) as cursor:
                return cursor.execute(sql, {"sku": self.sku}).fetchone() or {}
        except psycopg.OperationalError:
            return {}


def t5(shop: Shop, scale: float) -> Outcome:
    """For 10 minutes a web process or a shopper is killed every 0.2 s, and PostgreSQL every 5 s:
    no drift, no order lost or there twice, each with its fact and its goods, PostgreSQL back
    within 5 s; in the end nothing is undecided, and nothing held.
    """
    return loop(shop, max(12.0, 600 * scale))


def t5_control(shop: Shop, scale: float) -> Outcome:
    """The same when orders are acknowledged before they are on disk."""
    shop.tell(HASTY)
    for name, value in LAZY.items():
        shop.tell(f"ALTER SYSTEM SET {name} = '{value}'")
    shop.tell("SELECT pg_reload_conf()")
    try:
        return loop(shop, max(12.0, 60 * scale))
    finally:
        for name in LAZY:
            shop.tell(f"ALTER SYSTEM RESET {name}")
        shop.tell("SELECT pg_reload_conf()")
        shop.tell(DURABLE)


def loop(shop: Shop, seconds: float) -> Outcome:
    """Kill for some time, and compare the books."""
    sku = named()
    shop.place.sell(sku, UNITS)
    killing = Killing(shop, sku)
    killing.hold(seconds)
    made, told, longest = killing.settled(), killing.told, max(killing.away)
    assert told.orders, "nobody was told of an order"
    wrong = {
        "lost": told.lost(shop.place),
        "told twice": told.twice,
        **{name: count for name, count in made.items() if name != "orders"},
    }
    counts = {
        "killed": dict(killing.killed),
        "PostgreSQL away at most s": longest,
        "orders": made["orders"],
        "orders told": len(told.orders),
        **wrong,
        "violations": killing.verdict.violations,
        "answers": dict(sorted(told.answers.items())),
    }
    right = not any(wrong.values()) and not killing.verdict.violations and longest < RESTART
    return Outcome(right, counts)
