"""`manage.py announce_sale`: sells some SKUs only from a moment on, in order of arrival."""

import argparse
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from apps.stock.service.line import announce


class Command(BaseCommand):
    """Once under each name: running it again changes nothing."""

    help = "Sell some SKUs only from a moment on, to shoppers in order of arrival."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare what is sold, and when."""
        parser.add_argument("name", help="what the sale is called")
        parser.add_argument("sku", nargs="+")
        parser.add_argument("--minutes", type=int, default=10, help="until it starts")
        parser.add_argument("--pace", type=int, default=20, help="people let in a second")

    def handle(self, *args: Any, **options: Any) -> None:
        """Announce the sale."""
        opens_in = timedelta(minutes=options["minutes"])
        announce(options["name"], tuple(options["sku"]), opens_in, options["pace"])
