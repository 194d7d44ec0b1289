"""`prove stock`: a crowd wants more than there is, and processes are killed on the way."""

import time
from secrets import token_hex
from typing import Any

from django.core.management.base import CommandParser

from commerce import roles
from commerce.proving import CannotRun, Say, Verdict
from commerce.proving.buyers import Sale
from commerce.proving.crowd import GOING_HOME, Crowd, Killer
from commerce.proving.house import Guest, House, Place

from . import books

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
        share = -(-options["buyers"] // options["processes"])
        sale = Sale(*(place.url, place.key, sku, share), *(options["at_once"], not self.holding))
        self.crowd = Crowd(sale, options["processes"])
        self.killer = Killer(place, ORDER_OF_KILLS, options["kill_every"])

    def run(self) -> None:
        """Let the buyers in, kill, wait until everything is sold, and compare the books."""
        watch = books.Watch(self.place, self.sku, self.verdict)
        watch.start()
        with self.crowd.shopping(), self.killer.killing():
            self.wait(watch)
            self.crowd.leave_within = 5 if self.verdict.violations else GOING_HOME
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
                self.say(f"sold {found.sold}, held {found.kept} of {found.received}; {self.killer}")
            time.sleep(0.05)

    def done(self, found: books.Books | None) -> bool:
        """Whether everything is sold (or held, as a guest)."""
        units = self.options["units"]
        return found is not None and (found.kept if self.holding else found.sold) >= units

    @property
    def holding(self) -> bool:
        """Whether buyers only keep goods aside: no order stays behind in somebody's system."""
        return isinstance(self.place, Guest)

    def compare(self, watch: books.Watch) -> None:
        """Compare what buyers were told with the books, which nothing changes any more."""
        found = books.read(self.place, self.sku)
        found.judge(self.verdict)
        units, promised = self.options["units"], found.kept if self.holding else found.sold
        self.verdict.expect(
            promised == units,
            f"{promised} of {units} {'held' if self.holding else 'sold'} in the end",
        )
        told = self.crowd.told
        lost = told.lost(self.place)
        self.verdict.expect(not lost, f"{lost} orders were accepted and are not there")
        self.verdict.expect(not told.twice, "two buyers got the same order")
        self.verdict.counts |= {
            "buyers": self.options["buyers"],
            "units": units,
            "sold": found.sold,
            "held": found.kept,
            "orders told": len(told.orders),
            "orders lost": lost,
            "looks": watch.looks,
            "most sold and held at once": watch.most_promised,
            "answers": dict(sorted(told.answers.items())),
            "killed": dict(self.killer.killed),
        }
