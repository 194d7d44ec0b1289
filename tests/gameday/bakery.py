"""The bakery of the kernel's tests, in the database of the shop: its ledger tells what was done."""

import sys
from pathlib import Path

import commerce

SITE = Path(commerce.__path__[0]) / "events" / "tests" / "site"
sys.path.append(str(SITE))

from apps.bakery import handlers, ledger
from apps.bakery.events import LoafOrdered

__all__ = ["SITE", "TOWN", "LoafOrdered", "handlers", "ledger"]
TOWN = {"DJANGO_SETTINGS_MODULE": "tests.gameday.town", "PYTHONPATH": str(SITE)}
