"""Record what every interface promises, or say which promise changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from commerce.services import snapshots


class Command(BaseCommand):
    """Keeps `contract.json` beside each interface true."""

    help = "Write the contract.json of every interface whose promises changed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail if one differs"
        )
        parser.add_argument(
            "--breaking", action="store_true", help="also record changes that old callers trip over"
        )

    def handle(self, *args: Any, check: bool, breaking: bool, **options: Any) -> None:
        changed = snapshots.changed()
        refused = [problem for interface in changed for problem in describe(interface)]
        if refused and not breaking:
            raise CommandError("an old caller would trip over:\n  " + "\n  ".join(refused))
        if check and changed:
            names = ", ".join(interface.name for interface in changed)
            raise CommandError(f"contract.json is behind for {names}: run `make contracts`")
        for interface in changed:
            snapshots.record(interface)
            self.stdout.write(f"recorded {snapshots.path(interface)}")


def describe(interface: type[snapshots.Service]) -> list[str]:
    return [f"{interface.name}.{problem}" for problem in snapshots.broken(interface)]
