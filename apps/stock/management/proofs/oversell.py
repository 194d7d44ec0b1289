"""`prove stock`: a crowd wants more than there is, and processes are killed on the way."""

import itertools
import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex
from typing import Any

import psycopg
from django.core.management.base import CommandParser
from redis.exceptions import RedisError

from commerce import roles
from commerce.environment import ROOT
from commerce.proving import CannotRun, Say, Verdict
from commerce.proving.buyers import Sale
from commerce.proving.house import Guest, House, Place

from . import books
from .told import Told

HOLD_SECONDS = 20  # what somebody who was lost on the way held is for sale again soon
ORDER_OF_KILLS = ("web", "redis", "web", "postgres")
CHECK = "ALTER TABLE stock_level DROP CONSTRAINT stock_level_never_oversold"
GUARD = r"on_hand( - \w+)+ >= (2 \* \(held \+ )?_quantit(ies\[1\]|y)\)?"


class Oversell:
    """No unit is promised twice, and in the end exactly what there is was sold."""

    text = "sells more buyers than units, with kills on the way: nothing is oversold or lost"

    def arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--buyers", type=int, default=2000)
        parser.add_argument("--units", type=int, default=1000)
        parser.add_argument("--processes", type=int, default=2, help="that buyers run in")
        parser.add_argument("--at-once", type=int, default=24, help="buyers in each process")
        parser.add_argument("--kill-every", type=float, default=4.0, help="seconds; 0 never kills")
        parser.add_argument("--minutes", type=float, default=10.0, help="until it counts as failed")
        parser.add_argument("--url", help="a running system of these settings; nothing is killed")
        parser.add_argument(
            "--control", action="store_true", help="take the guard out first: must find a violation"
        )

    def run(self, options: dict[str, Any], say: Say) -> Verdict:
        """Sell out."""
        if options["url"] and options["control"]:
            raise CannotRun("The guard is never taken out of a running system.")
        verdict, sku = Verdict("stock"), f"PROOF-{token_hex(4).upper()}"
        place: Place = (
            Guest(options["url"])
            if options["url"]
            else House(
                say,
                roles.worker(*roles.QUEUES),
                roles.command("relay"),
                HALLES_HOLD_SECONDS=str(HOLD_SECONDS),
                HALLES_ORDER_RECOVERY_SECONDS="3",
            )
        )
        try:
            say(f"putting {options['units']} units of {sku} on the shelf")
            place.sell(sku, options["units"])
            if options["control"]:
                say("taking the guard out")
                with place.connect() as truth:
                    truth.execute(CHECK)
                books.spoil(place, "stock_reserve", GUARD, "true")
            Rush(place, sku, options, verdict, say).run()
        finally:
            say("cleaning up")
            place.leave(sku)
        return verdict


class Rush:
    """The sale itself."""

    def __init__(
        self, place: Place, sku: str, options: dict[str, Any], verdict: Verdict, say: Say
    ) -> None:
        self.place, self.sku, self.options, self.verdict, self.say = (
            *(place, sku, options),
            *(verdict, say),
        )
        self.told = Told()
        self.killed: Counter[str] = Counter()
        self.over = threading.Event()

    def run(self) -> None:
        """Let the buyers in, kill, wait until everything is sold, and compare the books."""
        watch = books.Watch(self.place, self.sku, self.verdict)
        watch.start()
        with self.buyers(), self.killer():
            self.wait(watch)
        watch.end()
        self.compare(watch)

    def wait(self, watch: books.Watch) -> None:
        """Return when everybody was there and all is sold, or when that takes too long."""
        started = said = time.monotonic()
        while not self.done(watch.latest):
            if self.verdict.violations:
                return
            if time.monotonic() - started > self.options["minutes"] * 60:
                self.verdict.expect(False, f"not sold out in {self.options['minutes']} minutes")
                return
            if time.monotonic() - said > 5 and (found := watch.latest):
                said = time.monotonic()
                self.say(
                    f"sold {found.sold}, held {found.kept} of {found.received}; {self.kills()}"
                )
            time.sleep(0.05)

    def done(self, found: books.Books | None) -> bool:
        """Whether everything is sold (or held, as a guest)."""
        units = self.options["units"]
        return found is not None and (found.kept if self.holding else found.sold) >= units

    @property
    def holding(self) -> bool:
        """Whether buyers only keep goods aside: no order stays behind in somebody's system."""
        return isinstance(self.place, Guest)

    def kills(self) -> str:
        """Say what was killed."""
        return ", ".join(f"{name} killed {n} times" for name, n in self.killed.items()) or "no kill"

    @contextmanager
    def buyers(self) -> Iterator[None]:
        """Run the buyers' processes; at the end of the sale those who found nothing go home."""
        share = -(-self.options["buyers"] // self.options["processes"])
        sale = Sale(
            *(self.place.url, self.place.key, self.sku, share),
            *(self.options["at_once"], not self.holding),
        )
        started = [self.process(sale) for _ in range(self.options["processes"])]
        ears = [threading.Thread(target=self.hear, args=[each], daemon=True) for each in started]
        for ear in ears:
            ear.start()
        try:
            yield
        finally:
            for each in started:
                if each.stdin and each.poll() is None:
                    each.stdin.write("over\n")
                    each.stdin.close()
            for each in started:
                try:
                    each.wait(5 if self.verdict.violations else 120)
                except subprocess.TimeoutExpired:
                    each.kill()
            for ear in ears:
                ear.join(5)

    def process(self, sale: Sale) -> "subprocess.Popen[str]":
        """Start one process of buyers."""
        process = subprocess.Popen(
            [sys.executable, "-m", "commerce.proving.buyers"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert process.stdin
        process.stdin.write(json.dumps(vars(sale)) + "\n")
        process.stdin.flush()
        return process

    def hear(self, process: "subprocess.Popen[str]") -> None:
        """Count what buyers tell."""
        assert process.stdout
        with process.stdout:
            self.told.hear(process.stdout)

    @contextmanager
    def killer(self) -> Iterator[None]:
        """Kill something every few seconds until the sale is over."""
        ended = threading.Event()
        thread = threading.Thread(target=self.kill_until, args=[ended], daemon=True)
        if self.place.kills and self.options["kill_every"]:
            thread.start()
        yield
        ended.set()
        if thread.ident:
            thread.join()

    def kill_until(self, ended: threading.Event) -> None:
        """Kill one after another."""
        for name in itertools.cycle(ORDER_OF_KILLS):
            if ended.wait(self.options["kill_every"]):
                return
            try:
                self.place.kills[name]()
            except (OSError, RedisError, psycopg.Error, ValueError):
                continue  # it is still down from the last time
            self.killed[name] += 1

    def compare(self, watch: books.Watch) -> None:
        """Compare what buyers were told with the books, which nothing changes any more."""
        found = books.read(self.place, self.sku)
        found.judge(self.verdict)
        units, promised = self.options["units"], found.kept if self.holding else found.sold
        self.verdict.expect(
            promised == units,
            f"{promised} of {units} {'held' if self.holding else 'sold'} in the end",
        )
        lost = self.told.lost(self.place)
        self.verdict.expect(not lost, f"{lost} orders were accepted and are not there")
        self.verdict.expect(not self.told.twice, "two buyers got the same order")
        self.verdict.counts |= {
            "buyers": self.options["buyers"],
            "units": units,
            "sold": found.sold,
            "held": found.kept,
            "orders told": len(self.told.orders),
            "orders lost": lost,
            "looks": watch.looks,
            "most sold and held at once": watch.most_promised,
            "answers": dict(sorted(self.told.answers.items())),
            "killed": dict(self.killed),
        }
