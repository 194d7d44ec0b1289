"""Workers and relays without a guard: `celery -A tests.gameday.careless`, or run with a name."""

import sys

import django

django.setup()

from django.core.management import call_command
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from commerce.events import relay
from commerce.events.models import Delivery
from commerce.events.pause import Patience
from config.celery import app

__all__ = ["app"]

# As Celery comes: whatever a worker has taken is done.
app.conf.update(
    task_acks_late=False, task_reject_on_worker_lost=False, worker_prefetch_multiplier=4
)


def unordered() -> None:
    """Relay what is due, whatever is due before it, and without keeping other relays away."""

    def claim(limit: int = relay.BATCH, which: Q = relay.ANY) -> list[Delivery]:
        with transaction.atomic():
            due = list(Delivery.objects.filter(which, died_at=None, due_at__lte=Now())[:limit])
            relay.rows(due).update(due_at=Now() + Patience(F("handed") + 1), handed=F("handed") + 1)
        return due

    relay.claim = claim
    call_command("relay")


if __name__ == "__main__":
    {each.__name__: each for each in (unordered,)}[sys.argv[1]]()
