"""`manage.py import_products`: brings a file of products into the shop."""

import csv
import sqlite3
from argparse import ArgumentTypeError
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from apps.catalog.interface import Change
from apps.connectors.domain.findings import Finding, Unusable
from apps.connectors.service import FORMATS, Job, Rehearsal, Saving, Tally, import_products
from apps.connectors.store import Notebook
from commerce.services import ServiceUnavailable

BAD_ROWS, USELESS, STOPPED = 1, 2, 130
AGAIN = "What was saved is whole; run it again when this is mended."
NOTES_SHOWN = 20
SEPARATORS = {"prestashop": ";"}
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


class Command(BaseCommand):
    """Imports products with prices, counts and pictures; the formats are told in docs/import.md."""

    help = "Import products from a file. Running it again with the same file changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file to import")
        parser.add_argument("--format", choices=sorted(FORMATS), required=True)
        parser.add_argument("--dry-run", action="store_true", help="check all, change nothing")
        parser.add_argument(
            "--currency",
            default=settings.CURRENCIES[0],
            choices=settings.CURRENCIES,
            help="currency of the prices in a Magento file (default: %(default)s)",
        )
        parser.add_argument(
            "--separator",
            type=separator,
            help="between cells (',' for Magento, ';' for PrestaShop)",
        )
        parser.add_argument("--values-separator", default=",", type=separator, help="inside cells")
        parser.add_argument(
            "--image-folder", type=folder, help="where a Magento file's pictures are"
        )
        parser.add_argument("--combinations", type=Path, help="PrestaShop's file of combinations")
        parser.add_argument("--categories", type=Path, help="PrestaShop's file of categories")
        parser.add_argument(
            "--tax", type=percent, default=Decimal(0), help="put on PrestaShop's prices, in %%"
        )
        parser.add_argument("--report", type=Path, help="write the bad rows into this CSV file")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Run the import, then tell what became of every row."""
        job = Job(
            path=options["file"],
            format=options["format"],
            currency=options["currency"],
            separator=options["separator"] or SEPARATORS.get(options["format"], ","),
            values_separator=options["values_separator"],
            image_folder=options["image_folder"],
            desk=Rehearsal if options["dry_run"] else Saving,
            combinations=options["combinations"],
            categories=options["categories"],
            tax=options["tax"],
        )
        with Notebook() as notebook, closing(report_file(options["report"])) as report:
            tally = Tally()
            end = run(job, notebook, tally)
            self.tell(notebook, tally, report, job.desk)
            if end:
                raise CommandError(end.sentence, returncode=end.code)
            if bad := notebook.bad_lines():
                sentence = f"Left out: {bad:,} of {tally.rows:,} rows. All others are good."
                raise CommandError(sentence, returncode=BAD_ROWS)

    def tell(self, notebook: Notebook, tally: Tally, report: TextIO, desk: type[Rehearsal]) -> None:
        """Print bad rows, the first notes and the summary."""
        writer = csv.writer(report)
        writer.writerow(["line", "key", "reason"])
        for finding in notebook.findings(bad=True):
            writer.writerow([finding.line, *map(harmless, (finding.key, finding.reason))])
            self.stdout.write(sentence(finding))
        for finding in islice(notebook.findings(bad=False), NOTES_SHOWN):
            self.stdout.write(f"note, {sentence(finding)}")
        if (notes := notebook.notes()) > NOTES_SHOWN:
            self.stdout.write(f"note: {notes - NOTES_SHOWN:,} more of this kind are not shown.")
        self.stdout.write(drawn(summary(notebook, tally)))
        if desk is Rehearsal:
            self.stdout.write(f"{tally.changes:,} changes would be made; nothing was written.")
        else:
            self.stdout.write(f"{tally.changes:,} changes were made.")


@dataclass(frozen=True)
class End:
    """Why an import ended before its time, and the exit code that says so."""

    sentence: str
    code: int


def run(job: Job, notebook: Notebook, tally: Tally) -> End | None:
    """Import with a progress bar on the terminal; return why it had to stop, if it had to."""
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
    bars: dict[str, TaskID] = {}

    def watch(what: str, done: int, total: int) -> None:
        if what not in bars:
            bars[what] = progress.add_task(what, total=total)
        progress.update(bars[what], completed=done)

    try:
        with progress:
            import_products(job, notebook, tally, watch)
    except Unusable as problem:
        raise CommandError(f"{problem}", returncode=USELESS) from None
    except KeyboardInterrupt:
        return End("Stopped. Whole products are in; run it again to complete them.", STOPPED)
    except ServiceUnavailable as problem:
        return End(f"A service does not answer: {problem.reason}. {AGAIN}", USELESS)
    except OperationalError as problem:
        return End(f"The database does not answer: {problem}. {AGAIN}", USELESS)
    except (sqlite3.OperationalError, OSError) as problem:
        return End(f"A file cannot be read or written: {problem}. {AGAIN}", USELESS)
    return None


def summary(notebook: Notebook, tally: Tally) -> Table:
    """Draw up the figures."""
    table = Table(show_header=False)
    figures = {
        "rows": tally.rows,
        "products created": tally.of(Change.CREATED),
        "products changed": tally.of(Change.CHANGED),
        "products the same": tally.of(Change.SAME),
        "variants": tally.variants,
        "category paths": notebook.names("category"),
        "prices changed": tally.prices,
        "counts changed": tally.counts,
        "bad rows": notebook.bad_lines(),
        "notes": notebook.notes(),
    }
    for name, figure in figures.items():
        table.add_row(name, f"{figure:,}")
    return table


def drawn(table: Table) -> str:
    """Draw a table as text."""
    console = Console(width=60, no_color=True)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def sentence(finding: Finding) -> str:
    """Write a finding on one line."""
    key = f" {printable(finding.key)}:" if finding.key else ""
    return f"line {finding.line}:{key} {printable(finding.reason)}"


def printable(text: str) -> str:
    """Show what a terminal might take for a command, or cannot show, by its escape."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def harmless(cell: str) -> str:
    """Keep a spreadsheet from taking a cell for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else printable(cell)


def report_file(path: Path | None) -> TextIO:
    """Open the file for bad rows before any work is done."""
    try:
        return path.open("w", newline="", encoding="utf-8") if path else StringIO()
    except OSError as problem:
        sentence = f"{path} cannot be written: {problem.strerror}."
        raise CommandError(sentence, returncode=USELESS) from None


def separator(text: str) -> str:
    """Read a separator from the command line; `\\t` is a tab."""
    given = text.replace("\\t", "\t")
    if len(given) != 1 or given in '"\r\n\0=':
        raise ArgumentTypeError("a separator is one character, and neither a quote nor a line end")
    return given


def percent(text: str) -> Decimal:
    """Read a rate of tax."""
    try:
        read = Decimal(text)
    except InvalidOperation:
        read = Decimal(-1)
    if not 0 <= read <= 100:
        raise ArgumentTypeError(f"{text} is no rate between 0 and 100")
    return read


def folder(text: str) -> Path:
    """Read the name of a folder that exists."""
    if not Path(text).is_dir():
        raise ArgumentTypeError(f"{text} is no folder")
    return Path(text)
