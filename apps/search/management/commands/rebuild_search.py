"""Index the whole catalogue anew while the index in use goes on answering."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.search.service import rebuild


class Command(BaseCommand):
    """manage.py rebuild_search"""

    help = (
        "Index the whole catalogue anew; searches are answered by the old index until it is done."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild and say how much there is."""
        self.stdout.write(f"{rebuild()} products can be found.")
