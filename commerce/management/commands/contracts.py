"""Record what every interface promises, or say which promise changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from commerce.services import snapshots


class Command(BaseCommand):
    """Keeps the `contract.json` beside each interface true."""

    help = (
        "Write the contract.json of every interface that promises more than before. A change that "
        "an old caller would trip over is refused; once no caller is left, delete contract.json."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer `--check`."""
        parser.add_argument("--check", action="store_true", help="write nothing, fail on a change")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Compare every interface with its snapshot."""
        changed = snapshots.changed()
        problems = [f"{each.name}.{why}" for each in changed for why in snapshots.broken(each)]
        if problems:
            raise CommandError("\n  ".join(["old callers would trip over this:", *problems]))
        if check and changed:
            names = ", ".join(each.name for each in changed)
            raise CommandError(f"contract.json is behind for {names}: run `make contracts`")
        for each in changed:
            snapshots.record(each)
            self.stdout.write(f"Recorded what {each.name} promises.")
