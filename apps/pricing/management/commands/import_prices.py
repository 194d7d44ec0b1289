"""`manage.py import_prices`: sets the prices of a file, millions if need be."""

import csv
import gzip
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from apps.pricing.domain.entries import Entry, Unusable, read_csv, read_ndjson
from apps.pricing.service import bulk

BAD_ROWS, USELESS = 1, 2
SHOWN = 20  # bad rows in the terminal


class Command(BaseCommand):
    """Running it again with the same file changes nothing, so a broken run is simply repeated."""

    help = "Set prices from a CSV or NDJSON file, plain or gzip; docs/pricing.md has the columns."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="ends with .csv or .ndjson, perhaps with .gz")
        parser.add_argument("--dry-run", action="store_true", help="check all, change nothing")
        parser.add_argument(
            "--all-or-nothing", action="store_true", help="check the whole file before the first"
        )
        parser.add_argument(
            "--any-drift", action="store_true", help="also prices that change very much"
        )
        parser.add_argument("--report", type=Path, help="write the bad rows into this CSV file")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Check or set, and tell what came of it."""
        self.drift: bool = options["any_drift"]
        self.flawed: list[Entry] = []
        try:
            if options["dry_run"] or options["all_or_nothing"]:
                self.go(options["file"], bulk.check_all, "Checking")
            if not options["dry_run"] and not (options["all_or_nothing"] and self.flawed):
                self.flawed.clear()
                self.go(options["file"], bulk.set_all, "Setting")
        except Unusable as problem:
            raise CommandError(f"{options['file']}: {problem.reason}", returncode=USELESS) from None
        except (OSError, UnicodeDecodeError) as problem:
            raise CommandError(f"{options['file']}: {problem}", returncode=USELESS) from None
        if self.flawed:
            self.report(options["report"])

    def go(self, path: Path, do: Any, verb: str) -> None:
        """Go through the file once, and say how far it is."""
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
        console = Console(stderr=True)
        changed = same = 0
        with ExitStack() as stack:
            progress = stack.enter_context(Progress(*columns, TimeElapsedColumn(), console=console))
            raw = stack.enter_context(path.open("rb"))
            task = progress.add_task(f"{verb} {path.name}", total=path.stat().st_size)
            for tally in do(entries(path, raw), any_drift=self.drift):
                changed, same = changed + tally.changed, same + tally.same
                self.flawed += tally.flawed
                progress.update(task, completed=raw.tell())
        words = f"{changed:,} prices were changed, {same:,} were so already"
        told = f"{same:,} rows are good" if do is bulk.check_all else words
        self.stdout.write(f"{told}, {len(self.flawed):,} rows were left out.")

    def report(self, path: Path | None) -> None:
        """Tell the bad rows."""
        for each in self.flawed[:SHOWN]:
            self.stdout.write(f"line {each.line}: {told(each)}")
        if len(self.flawed) > SHOWN:
            self.stdout.write(f"... and {len(self.flawed) - SHOWN:,} more; --report has them all.")
        if path:
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(("line", "problem", "detail"))
                writer.writerows(
                    (each.line, each.flaw and each.flaw.value, ascii(each.detail)[1:-1])
                    for each in self.flawed
                )
        raise CommandError(f"{len(self.flawed):,} rows were left out.", returncode=BAD_ROWS)


def entries(path: Path, raw: IO[bytes]) -> Iterator[Entry]:
    """Read a file by what it is called."""
    names = path.name.lower().removesuffix(".gz")
    packed = path.name.lower().endswith(".gz")
    file = cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if packed else raw
    if names.endswith((".ndjson", ".jsonl")):
        return read_ndjson(file)
    if names.endswith(".csv"):
        return read_csv(line.decode("utf-8-sig") for line in file)
    raise Unusable("It is neither .csv nor .ndjson.")


def told(entry: Entry) -> str:
    """Say what is wrong with a row, in letters that no terminal takes for an order."""
    detail = f" ({ascii(entry.detail)[1:-1]})" if entry.detail else ""
    return f"{entry.flaw.value if entry.flaw else ''}{detail}"
