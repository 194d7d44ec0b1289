"""`make gameday`: every trial and its control in one shop; a line of JSON each, then a report."""

import argparse
import json
import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")

import django

django.setup()

from commerce import roles
from commerce.proving.house import House
from tests.gameday.shop import Outcome, Shop
from tests.gameday.trials import TRIALS, Trial


def main() -> int:
    """Hold the day; returns 1 if a trial failed, or a control passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="0.1 for a tenth of every size")
    parser.add_argument("--only", nargs="+", choices=TRIALS, default=list(TRIALS))
    options = parser.parse_args()
    house = House(
        lambda sentence: print(sentence, file=sys.stderr, flush=True),
        *(roles.worker(*roles.QUEUES), roles.command("relay")),
        HALLES_HOLD_SECONDS="60",
        HALLES_ORDER_RECOVERY_SECONDS="3",
        LOG_LEVEL="WARNING",
    )
    try:
        shop = Shop(house)
        lines = [line for name in options.only for line in held(name, shop, options.scale)]
    finally:
        house.leave("")
    wrong = [line["trial"] for line in lines if not line["as it must be"]]
    print(f"{len(lines) - len(wrong)} of {len(lines)} as they must be", *wrong, sep="; ")
    return bool(wrong)


def held(name: str, shop: Shop, scale: float) -> list[dict[str, object]]:
    """Hold a trial, then its control, which must fail."""
    trial, control = TRIALS[name]
    lines = [line(name, trial, shop, scale, must_pass=True)]
    if control:
        lines.append(line(f"{name} control", control, shop, scale, must_pass=False))
    return lines


def line(
    name: str, trial: Trial, shop: Shop, scale: float, *, must_pass: bool
) -> dict[str, object]:
    """Hold one and write its line."""
    started = time.monotonic()
    outcome: Outcome = trial(shop, scale)
    written: dict[str, object] = {
        "trial": name,
        "passed": outcome.passed,
        "as it must be": outcome.passed is must_pass,
        "seconds": round(time.monotonic() - started, 1),
        **outcome.counts,
    }
    print(json.dumps(written), flush=True)
    return written


if __name__ == "__main__":
    sys.exit(main())
