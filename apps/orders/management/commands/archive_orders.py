"""Move finished orders into the archive now, rather than some every hour."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.orders.service import archive_finished


class Command(BaseCommand):
    """manage.py archive_orders"""

    help = "Move orders that were finished HALLES_ORDER_ARCHIVE_DAYS ago into the archive."

    def handle(self, *args: Any, **options: Any) -> None:
        """Move all there are; broken off and begun again, it goes on."""
        total = 0
        while moved := archive_finished():
            total += moved
            self.stdout.write(f"{total:,} orders")
        self.stdout.write(f"{total:,} orders are in the archive now.")
