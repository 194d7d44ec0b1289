"""`manage.py reconcile_payments`: compare our books with those of providers, now."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from apps.payments.service.reconcile import reconcile_now


class Command(BaseCommand):
    """Says what differs, and ends with 1 if anything does."""

    help = "Compare our books of payments with those of the providers."

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at each provider's books."""
        gaps = 0
        for provider, payments, found in reconcile_now():
            self.stdout.write(f"{provider}: {payments} payments, {len(found)} differences")
            for gap in found:
                self.stdout.write(
                    f"  {gap.payment} {gap.what}: ours {gap.ours.amount}, "
                    f"theirs {gap.theirs.amount} {gap.theirs.currency}"
                )
            gaps += len(found)
        if gaps:
            sys.exit(1)
