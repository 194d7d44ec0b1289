"""`manage.py stock_csv`: brings counts and deliveries in from a sheet, and levels out into one."""

import csv
import sys
import time
from argparse import ArgumentTypeError
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.stock.domain.moves import LONGEST, Kind
from apps.stock.domain.sheets import Unusable
from apps.stock.interface import MAIN
from apps.stock.models import Upload
from apps.stock.service import uploads
from apps.stock.service.export import levels
from commerce.sheets import harmless

BAD_ROWS, USELESS = 1, 2
PAUSE = 2.0  # seconds between two words about how far it is
COLUMNS = ("sku", "location", "on_hand", "held", "promised", "free", "policy")
USELESS_SHEETS = {
    "header-broken": "the first line is broken; it names the columns: sku, quantity",
    "columns-missing": "the first line has to name the columns sku and quantity",
    "not-utf-8": "the file is not UTF-8",
    "line-too-long": "a line never ends; that is no CSV file",
}


class Command(BaseCommand):
    """Takes and gives sheets of any length; the admin does the same for shorter ones."""

    help = "Bring counts or deliveries in from a CSV file, or write all levels into one."

    def add_arguments(self, parser: CommandParser) -> None:
        ways = parser.add_subparsers(dest="way", required=True)
        out = ways.add_parser("download", help="write all levels")
        out.add_argument("file", type=Path, help="the file to write, - for the terminal")
        into = ways.add_parser("upload", help="make the rows of a file")
        into.add_argument("file", type=Path, help="columns: sku, quantity[, location, reason]")
        into.add_argument("--kind", choices=Upload.Kind.values, required=True)
        into.add_argument("--location", default=MAIN, help="for rows that name none (%(default)s)")
        into.add_argument("--reason", type=reason, required=True)
        into.add_argument("--dry-run", action="store_true", help="try all, change nothing")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Do the one or the other."""
        try:
            if options["way"] == "download":
                self.download(options["file"])
            else:
                self.upload(options)
        except Unusable as problem:
            sentence = f"{options['file']}: {USELESS_SHEETS[problem.reason]}."
            raise CommandError(sentence, returncode=USELESS) from None
        except OSError as problem:
            sentence = f"{options['file']}: {problem.strerror}."
            raise CommandError(sentence, returncode=USELESS) from None

    def download(self, file: Path) -> None:
        """Write all levels."""
        with ExitStack() as stack:
            target: TextIO = sys.stdout
            if str(file) != "-":
                target = stack.enter_context(file.open("w", newline="", encoding="utf-8"))
            writer = csv.writer(target)
            writer.writerow(COLUMNS)
            writer.writerows([harmless(cell) for cell in row] for row in levels())

    def upload(self, options: dict[str, Any]) -> None:
        """Try the rows, make the good ones, and tell the bad ones by line and reason."""
        self.stderr.write(f"Reading {options['file']} and trying its rows ...")
        with options["file"].open("rb") as sheet:
            made = uploads.upload(
                sheet,
                kind=Kind(options["kind"]),
                name=options["file"].name,
                reason=options["reason"],
                actor="stock_csv",
                location=options["location"],
            )
        if not options["dry_run"]:
            uploads.release(made.pk)
            self.make(made)
        for row in uploads.told(made.pk, bad_only=True):
            self.stdout.write(f"line {row.line}: {ascii(row.sku)[1:-1]}: {row.outcome}")
        made.refresh_from_db()
        if options["dry_run"]:
            uploads.discard(made.pk)
        ends = "would be made" if options["dry_run"] else "are in the ledger"
        self.stdout.write(f"{made.rows - made.bad:,} of {made.rows:,} rows {ends}.")
        if made.bad:
            raise CommandError(f"{made.bad:,} rows were left out.", returncode=BAD_ROWS)

    def make(self, made: Upload) -> None:
        """Make the rows, and say now and then how far it is."""
        told = time.monotonic()
        for seen in uploads.make(made.pk):
            if time.monotonic() >= told + PAUSE:
                self.stderr.write(f"{seen:,} of {made.rows - made.bad:,} rows so far")
                told = time.monotonic()


def reason(text: str) -> str:
    """Read why."""
    if not 0 < len(text.strip()) <= LONGEST:
        raise ArgumentTypeError(f"a reason has 1 to {LONGEST} characters")
    return text.strip()
