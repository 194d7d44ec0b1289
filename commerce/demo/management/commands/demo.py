"""Open or close the demo shop."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from commerce.demo import opening
from commerce.environment import ROOT


class Command(BaseCommand):
    """Runs the whole shop on this machine."""

    help = opening.HELP
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what `python -m commerce.demo` takes."""
        opening.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Start anew, so that the shop's own settings are read from the start."""
        os.chdir(ROOT)
        words = opening.Wish.of(options).words()
        os.execv(sys.executable, [sys.executable, "-m", "commerce.demo", *words])
