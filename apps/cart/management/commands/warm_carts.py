"""Have carts know what is sold before anybody adds it, after an import or a loss of Redis."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from apps.cart.service.warm import tidy, warm
from apps.catalog.interface import catalog

TOLD = 20_000  # products between two lines of progress


class Command(BaseCommand):
    """manage.py warm_carts"""

    help = "Have carts know what is sold, so that adding it asks neither catalogue nor price list."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it down page by page and say how fast it goes and what is left."""
        began, seen, told, total = time.monotonic(), 0, 0, catalog.count()
        for step in warm():
            seen += step
            if seen - told >= TOLD:
                told = seen
                rate = seen / (time.monotonic() - began)
                left = max(0, total - seen)
                self.stdout.write(
                    f"{seen:,} products, {rate:,.0f} a second, {left:,} left: {left / rate:,.0f} s"
                )
        took = time.monotonic() - began
        self.stdout.write(f"Carts know what is sold of {seen:,} products, after {took:,.1f} s.")
        if forgotten := tidy():
            self.stdout.write(f"They forgot {forgotten:,} SKUs that nobody asked for in a day.")
