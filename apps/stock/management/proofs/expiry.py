"""`prove expiry`: what a cart let lapse is for sale at that moment, without anybody sweeping."""

import time
from datetime import datetime
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from commerce.proving import CannotRun, Say, Verdict
from commerce.proving.buyers import Sale, Shopper
from commerce.proving.house import Guest, House, Place

from . import books

GRACE = 1.0  # seconds after the end of a hold within which the next buyer must succeed
LAPSED = r"expires_at <= now\(\)"


class Expiry:
    """A hold is exclusive until its last moment, and in nobody's way afterwards."""

    text = "one unit, held and never bought: the next buyer gets it when the hold ends"

    def arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--seconds", type=int, default=5, help="how long a hold lasts")
        parser.add_argument("--rounds", type=int, default=3)
        parser.add_argument("--url", help="a running system of these settings, with its own holds")
        parser.add_argument(
            "--control", action="store_true", help="let nothing lapse: must find a violation"
        )

    def run(self, options: dict[str, Any], say: Say) -> Verdict:
        """Let one cart after another hold the last unit and lose it to the next."""
        if options["url"] and options["control"]:
            raise CannotRun("Nothing is ever changed in a running system.")
        verdict, sku = Verdict("expiry"), f"PROOF-{token_hex(4).upper()}"
        seconds = settings.HOLD_SECONDS if options["url"] else options["seconds"]
        place: Place = (
            Guest(options["url"])
            if options["url"]
            else House(say, HALLES_HOLD_SECONDS=str(seconds))
        )
        try:
            say(f"putting 1 unit of {sku} on the shelf")
            place.sell(sku, 1)
            if options["control"]:
                say("letting nothing lapse")
                books.spoil(place, "stock_plan", LAPSED, "false")
            self.measure(place, sku, seconds, options["rounds"], verdict, say)
        finally:
            say("cleaning up")
            place.leave(sku)
        return verdict

    def measure(
        self, place: Place, sku: str, seconds: int, rounds: int, verdict: Verdict, say: Say
    ) -> None:
        """Measure by the database's clock: from when one hold began until the next one does."""
        shopper = Shopper(Sale(place.url, place.key, sku, buyers=1, threads=1, ordering=False))
        ends, patience = take(shopper, 5), seconds + GRACE
        verdict.expect(ends is not None, "nobody got the unit")
        waits: list[float] = []
        for number in range(rounds if ends else 0):
            say(f"round {number + 1}: waiting about {seconds} s for the hold to end")
            following = take(shopper, patience + 5)
            if ends is None or following is None:
                verdict.expect(False, f"no next buyer within {patience + 5:g} s")
                break
            waits.append((following - ends).total_seconds())
            ends = following
            books.read(place, sku).judge(verdict)
        for wait in waits:
            verdict.expect(wait >= seconds, f"taken away after {wait:.3f} s of {seconds}")
            verdict.expect(wait <= patience, f"in the way for {wait:.3f} s of {seconds}")
        verdict.counts |= {"hold seconds": seconds, "next buyer after": waits}


def take(shopper: Shopper, patience: float) -> datetime | None:
    """Try until a new cart gets the unit; gives the end of its hold, or None."""
    give_up = time.monotonic() + patience
    while time.monotonic() < give_up:
        visit = shopper.buy()
        if visit["what"] == "held":
            return datetime.fromisoformat(visit["until"])
        time.sleep(0.02)
    return None
