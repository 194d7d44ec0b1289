"""`make gameday`: every trial and its control in one shop; a line of JSON each, then a report."""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
import traceback
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="halles-gameday-", dir="/tmp"))
HOME.chmod(0o711)  # PostgreSQL may be another user
os.environ |= {"HALLES_HOME": str(HOME), "DJANGO_SETTINGS_MODULE": "config.settings.development"}
for elsewhere in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"):
    os.environ.pop(elsewhere, None)

import django

django.setup()

from django.db import connections

from apps.payments.tests.far import far_away
from commerce import embedded, roles
from commerce.proving.house import House
from tests.gameday.shop import Outcome, Shop
from tests.gameday.trials import TRIALS, Trial


def main() -> int:
    """Hold the day; returns 1 if a trial failed, or a control passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="0.1 for a tenth of every size")
    parser.add_argument("--only", nargs="+", choices=TRIALS, default=list(TRIALS))
    parser.add_argument("--list", action="store_true", help="say what each trial promises")
    options = parser.parse_args()
    if options.list:
        listed(options.only)
        return leave()
    with far_away() as far:
        return bool(hold(options.only, options.scale, far.variables))


def hold(names: list[str], scale: float, variables: dict[str, str]) -> int:
    """Open the shop of the day and hold its trials; returns how many were not as they must be."""
    house = House(
        lambda sentence: print(sentence, file=sys.stderr, flush=True),
        *(roles.worker("orders"), roles.worker("default", "search", "media")),
        roles.command("relay"),
        home=HOME,
        HALLES_HOLD_SECONDS="60",
        HALLES_ORDER_RECOVERY_SECONDS="3",
        LOG_LEVEL="WARNING",
        **variables,
    )
    try:
        shop = Shop(house)
        lines = [line for name in names for line in held(name, shop, scale)]
    finally:
        house.leave("")
    wrong = [line["trial"] for line in lines if not line["as it must be"]]
    print(f"{len(lines) - len(wrong)} of {len(lines)} as they must be", *wrong, sep="; ")
    return len(wrong)


def leave() -> int:
    """Go without having opened a shop."""
    embedded.clear(HOME)
    shutil.rmtree(HOME, ignore_errors=True)
    return 0


def listed(names: list[str]) -> None:
    """Say what each trial promises, and how its control breaks it."""
    for name in names:
        for said, trial in zip((name, "control"), TRIALS[name], strict=True):
            print(f"{said:>8}  {' '.join((trial.__doc__ or '').split())}")


def held(name: str, shop: Shop, scale: float) -> list[dict[str, object]]:
    """Hold a trial, then its control, which must fail."""
    trial, control = TRIALS[name]
    return [
        line(name, trial, shop, scale, must_pass=True),
        line(f"{name} control", control, shop, scale, must_pass=False),
    ]


def line(
    name: str, trial: Trial, shop: Shop, scale: float, *, must_pass: bool
) -> dict[str, object]:
    """Hold one and write its line."""
    connections.close_all()  # the trial before may have killed the database
    started = time.monotonic()
    try:
        outcome = trial(shop, scale)
    except Exception as wrong:  # as it must not be, but the day goes on
        traceback.print_exc()
        outcome = Outcome(not must_pass, {"raised": repr(wrong)[:200]})
    written: dict[str, object] = {
        "trial": name,
        "passed": outcome.passed,
        "as it must be": outcome.passed is must_pass,
        "seconds": round(time.monotonic() - started, 1),
        "load": round(os.getloadavg()[0], 1),
        **outcome.counts,
    }
    print(json.dumps(written), flush=True)
    return written


if __name__ == "__main__":
    sys.exit(main())
