"""Run the relay."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from commerce import children
from commerce.events import relay


class Command(BaseCommand):
    """Hands facts to the workers until it is told to stop."""

    help = "Hand facts to the workers until told to stop; several may run at once."

    def handle(self, *args: Any, **options: Any) -> None:
        """Relay; SIGTERM and Ctrl-C end it between two batches."""
        children.give_way()
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        relay.run(stop)
