"""Open or close the demo shop."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from commerce.demo import opening


class Command(BaseCommand):
    """Runs the whole shop on this machine."""

    help = opening.HELP
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what `python -m commerce.demo` takes."""
        opening.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Open or close."""
        raise SystemExit(opening.run(opening.Wish.of(options)))
