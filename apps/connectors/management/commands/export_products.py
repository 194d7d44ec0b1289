"""`manage.py export_products`: writes the catalogue into a file."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.connectors.service import export
from commerce.services import ServiceUnavailable

FORMATS = {"ndjson": export.ndjson, "csv": export.sheet}
FAILED = 2


class Command(BaseCommand):
    """Writes beside the file, and puts it in its place at the end: it is never half there."""

    help = "Export all products with their prices; import_products reads the NDJSON again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="where to write")
        parser.add_argument("--format", choices=sorted(FORMATS), default="ndjson")
        parser.add_argument(
            "--currency",
            action="append",
            choices=settings.CURRENCIES,
            help="of the prices; may be given several times (default: the shop's first)",
        )

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Write the file and say how many lines it has."""
        path: Path = options["file"]
        currencies = options["currency"] or [settings.CURRENCIES[0]]
        unfinished = path.with_name(f"{path.name}.unfinished")
        lines = 0
        try:
            with unfinished.open("wb") as file:
                for line in FORMATS[options["format"]](currencies):
                    file.write(line)
                    lines += 1
            os.replace(unfinished, path)
        except OSError as problem:
            raise CommandError(
                f"{path} cannot be written: {problem.strerror}.", returncode=FAILED
            ) from None
        except ServiceUnavailable as problem:
            raise CommandError(
                f"A service does not answer: {problem.reason}", returncode=FAILED
            ) from None
        self.stdout.write(f"{lines:,} lines were written to {path}.")
