"""Relays and workers that know the bakery, and customers whose bread takes a moment."""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from commerce.events.models import Delivery
from commerce.testing.processes import Running, running

SITE = {"PYTHONPATH": str(Path(__file__).parent / "site")}
CUSTOMERS = [f"regular {number}" for number in range(50)]
ONE_EACH = Counter((customer, 1) for customer in CUSTOMERS)


def bakers(*roles: str, **variables: str) -> AbstractContextManager[Running]:
    """Run roles that know the bakery."""
    return running(*roles, settings="bakery_settings", env=SITE | variables)


def until(true: Callable[[], object], seconds: float = 30) -> None:
    """Wait for something to become true."""
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.05)


def all_handled() -> bool:
    return not Delivery.objects.exists()
