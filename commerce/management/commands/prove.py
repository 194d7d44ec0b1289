"""`manage.py prove`: puts a promise of the shop to the test, with buyers, kills and a verdict."""

import json
import time
from collections.abc import Iterator
from importlib import import_module, util
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser

from commerce.proving import CannotRun, Proof

BROKEN, CANNOT = 1, 2


class Command(BaseCommand):
    """Runs one proof; exits with 0 if the promise was kept, 1 if not, 2 if it could not run."""

    help = "Put a promise of the shop to the test; docs/operations/proofs.md tells how."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        chosen = parser.add_subparsers(dest="proof", required=True, metavar="proof")
        for name, proof in proofs():
            proof.arguments(chosen.add_parser(name, help=proof.text, description=proof.text))

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Run the proof, tell how it goes on standard error, and print the verdict."""
        started = time.monotonic()

        def say(sentence: str) -> None:
            self.stderr.write(f"{time.monotonic() - started:6.1f} s  {sentence}")
            self.stderr.flush()

        try:
            verdict = dict(proofs())[options["proof"]].run(options, say)
        except CannotRun as reason:
            raise CommandError(f"The proof cannot run: {reason}", returncode=CANNOT) from None
        told = verdict.to_json() | {"seconds": round(time.monotonic() - started, 1)}
        self.stdout.write(json.dumps(told))
        if verdict.violations:
            raise CommandError("The promise is broken.", returncode=BROKEN)


def proofs() -> Iterator[tuple[str, Proof]]:
    """Find what the contexts of this process declare."""
    for context in apps.get_app_configs():
        name = f"{context.name}.management.proofs"
        if util.find_spec(f"{context.name}.management") and util.find_spec(name):
            yield from import_module(name).PROOFS.items()
