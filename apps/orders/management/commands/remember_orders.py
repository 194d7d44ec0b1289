"""Count earlier orders in their customers' histories, in a shop older than these are kept."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.orders.domain import PROMISED
from apps.orders.models import Order
from apps.orders.service import remember

TOLD = 10_000  # orders between two lines of progress


class Command(BaseCommand):
    """manage.py remember_orders"""

    help = "Count all orders in their customers' histories, which promotions ask about."

    def handle(self, *args: Any, **options: Any) -> None:
        """Remember every order; one that is remembered already stays as it is."""
        statuses = [status.value for status in PROMISED]
        orders = Order.objects.filter(customer__isnull=False, status__in=statuses)
        seen = 0
        for seen, order in enumerate(orders.values_list("pk", flat=True).iterator(), start=1):
            remember([order])
            if not seen % TOLD:
                self.stdout.write(f"{seen:,} orders")
        self.stdout.write(f"{seen:,} orders count in their customers' histories.")
