"""`manage.py check_levels`: rebuilds every level from the ledger, and says where it differs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.stock.service import books


class Command(BaseCommand):
    """Compares the levels with the ledger, the holds and the allocations."""

    help = "Compare every stock level with its records; ends with 1 if one differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--repair", action="store_true", help="write the levels that differ anew"
        )

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Tell every difference, and mend it if that is wanted."""
        found = books.differences()
        for each in found:
            self.stdout.write(
                f"{each.sku}@{each.location}: {told(each.level)}; by its records"
                f" {told(each.records)}"
            )
        if not found:
            self.stdout.write("Every level is what its records add up to.")
        elif options["repair"]:
            books.rebuild(found)
            self.stdout.write(f"{len(found):,} levels were written anew.")
        else:
            raise CommandError(f"{len(found):,} levels differ; --repair writes them anew.")


def told(figures: books.Figures) -> str:
    """Write a level's figures."""
    return f"{figures.on_hand} on hand, {figures.held} held, {figures.allocated} allocated"
