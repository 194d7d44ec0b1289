"""Run the relay."""

import signal
import threading
from contextlib import nullcontext
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from commerce import children
from commerce.events import relay
from commerce.events.door import open_door


class Command(BaseCommand):
    """Hands facts to the workers until it is told to stop."""

    help = "Hand facts to the workers until told to stop; several may run at once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer a door for probes."""
        parser.add_argument(
            "--port", type=int, help="answer /metrics and /health there, as the web role does"
        )
        parser.add_argument("--host", default="127.0.0.1", help="the address to answer at")

    def handle(self, *args: Any, **options: Any) -> None:
        """Relay; SIGTERM and Ctrl-C end it between two batches."""
        children.give_way()
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        with open_door(options["host"], options["port"]) if options["port"] else nullcontext():
            relay.run(stop)
