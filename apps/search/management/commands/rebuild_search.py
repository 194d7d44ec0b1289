"""Index the whole catalogue anew while the index in use goes on answering."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.search import store
from apps.search.service import rebuild


class Command(BaseCommand):
    """manage.py rebuild_search"""

    help = (
        "Index the whole catalogue anew; searches are answered by the old index until it is done."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--if-missing",
            action="store_true",
            help="only where there is none, or one of another format (after an upgrade)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild and say how much there is."""
        if options["if_missing"] and store.is_built():
            return
        self.stdout.write(f"{rebuild()} products can be found.")
