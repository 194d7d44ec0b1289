"""Keep the index beside this machine's web processes up to date, for as long as it runs."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from apps.search.service import follow
from commerce.services import ServiceUnavailable

PAUSE = 0.25  # seconds between two looks at the catalogue


class Command(BaseCommand):
    """manage.py follow_search"""

    help = "Follow the catalogue: builds the index if there is none, then takes in every change."

    def handle(self, *args: Any, **options: Any) -> None:
        """Follow until the process is ended."""
        while True:
            try:
                came = follow()
            except ServiceUnavailable:
                came = False
            if not came:
                time.sleep(PAUSE)
