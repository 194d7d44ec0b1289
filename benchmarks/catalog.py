"""How long a catalogue takes to be stored and searchable, beside what the machine can do at all.

Run: .venv/bin/python benchmarks/catalog.py 2000000
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("HALLES_HOME", str(ROOT / ".halles" / "bench-catalog"))
os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.stubs.shop"

import django

django.setup()

import msgspec
import tantivy
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from apps.catalog.interface import catalog
from apps.search.interface import Query, search
from benchmarks.stubs import catalogue
from benchmarks.stubs.gauge import Reading, gauge
from commerce.testing import deliver_all

PRODUCTS = 5_000
CHANGED = 100  # every so many-th product
RAW = "CREATE TABLE raw (key text PRIMARY KEY, document jsonb)"
COPY = "COPY raw (key, document) FROM STDIN"
WRITTEN = """
SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_user_tables
WHERE relname = ANY(%s)
"""
EMPTY = """
TRUNCATE catalog_product, catalog_variant, catalog_category, catalog_attribute, pricing_price,
    pricing_pricechange, stock_level, stock_movement, stock_counting,
    events_outbox, events_delivery, events_inbox
    CASCADE
"""
TABLES = ("catalog_product", "catalog_variant", "pricing_price", "stock_level", "stock_movement")
HEAP = 120_000_000  # bytes that the engine gathers before it writes


def main() -> None:
    """Measure every case with the same catalogue."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("products", type=int, nargs="?", default=PRODUCTS)
    parser.add_argument("--folder", type=Path, help="where the files are kept, for the next run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        first = written(folder / f"catalogue-{options.products}.ndjson", options.products)
        other = written(folder / f"changed-{options.products}.ndjson", options.products, CHANGED)
        call_command("migrate", verbosity=0)
        emptied()
        size = first.stat().st_size / options.products
        print(f"{options.products:,} products, {size:,.0f} bytes each")
        print(f"{'':28}{'s':>8}{'a second':>12}{'CPU s':>9}{'µs each':>9}{'MiB':>7}{'rows':>12}")
        for name, do in cases(first, other, folder).items():
            measured(name, options.products, do)
    check(options.products)


def emptied() -> None:
    """Take everything out of the shop that an earlier run has put there."""
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)
    shutil.rmtree(settings.SEARCH_INDEX, ignore_errors=True)


def cases(first: Path, other: Path, folder: Path) -> dict[str, Callable[[], object]]:
    """Name what is measured."""
    return {
        "raw limit: COPY": lambda: raw_copy(first),
        "raw limit: engine": lambda: raw_engine(first, folder / "raw-index"),
        "imported": lambda: imported(first),
        "searchable": deliver_all,
        "the same file again": lambda: imported(first),
        "1 % changed": lambda: imported(other),
        "searchable again": deliver_all,
    }


def written(path: Path, count: int, changed: int = 0) -> Path:
    """Write a file unless it is there from an earlier run."""
    if not path.exists():
        catalogue.write(path, count, changed=changed)
    return path


def measured(name: str, products: int, do: Callable[[], object]) -> None:
    """Do something and print a line about it."""
    before = rows()
    with gauge() as reading:
        do()
    print(line(name, products, reading, rows() - before), flush=True)


def line(name: str, products: int, reading: Reading, rows: int) -> str:
    """Draw up the figures of a case; the rows are those of products, prices and stock."""
    rate, each = products / reading.seconds, reading.processor / products * 1e6
    return (
        f"{name:28}{reading.seconds:8.1f}{rate:12,.0f}{reading.processor:9.1f}{each:9.0f}"
        f"{reading.peak >> 20:7,}{rows:12,}"
    )


def rows() -> int:
    """Count the rows that PostgreSQL has written in the tables that an import fills."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush(), pg_stat_clear_snapshot()")
        cursor.execute(WRITTEN, [list(TABLES)])
        return int(cursor.fetchone()[0])


def imported(path: Path) -> None:
    """Import a file as a merchant does."""
    call_command("import_products", path, format="ndjson", stdout=StringIO(), stderr=StringIO())


def raw_copy(path: Path) -> None:
    """Put every line into a table with nothing but a key."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS raw")
        cursor.execute(RAW)
        with cursor.copy(COPY) as copy, path.open("rb") as file:
            for each in file:
                if each.startswith(b'{"key":"'):
                    key = each[8 : each.index(b'"', 8)]
                    copy.write(b"%s\t%s\n" % (key, each[:-1].replace(b"\\", b"\\\\")))
        cursor.execute("DROP TABLE raw")


def raw_engine(path: Path, folder: Path) -> None:
    """Feed the engine with names, texts and properties, and nothing around it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    builder = tantivy.SchemaBuilder()
    for name in ("name", "text"):
        builder.add_text_field(name, tokenizer_name="en_stem")
    for name in ("facets", "categories"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw")
    builder.add_bytes_field("tile", stored=True)
    writer = tantivy.Index(builder.build(), str(folder)).writer(HEAP, 2)
    for each in products(path):
        writer.add_document(document(each))
    writer.commit()
    writer.wait_merging_threads()
    shutil.rmtree(folder)


def products(path: Path) -> Iterator[dict[str, Any]]:
    """Read the products of a file."""
    with path.open("rb") as file:
        for each in file:
            if each.startswith(b'{"key":"'):
                yield msgspec.json.decode(each)


def document(said: dict[str, Any]) -> tantivy.Document:
    """Lay a product out for the engine."""
    laid = tantivy.Document()
    laid.add_text("name", said["name"]["en"])
    laid.add_text("text", said["description"]["en"])
    laid.add_text("categories", said["categories"][0])
    for code, values in said["attributes"].items():
        laid.add_text("facets", f"{code}={values[0]}")
    laid.add_bytes("tile", said["slug"].encode())
    return laid


def check(count: int) -> None:
    """Fail unless every product is stored and found."""
    stored, found = catalog.count(), search.find(query=Query(text="", locale="en")).total
    if (stored, found) != (count, count):
        raise SystemExit(f"{stored:,} products are stored and {found:,} found, not {count:,}")


if __name__ == "__main__":
    main()
