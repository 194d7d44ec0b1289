"""The notebook of one import: on disk, so that a file of any size fits in a little memory."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any

import msgspec

from .domain.findings import Finding, fold
from .domain.table import Row

SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE line (sku TEXT, line INTEGER, cells BLOB);
CREATE TABLE product (sku TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID;
CREATE TABLE child (sku TEXT PRIMARY KEY, parent TEXT) WITHOUT ROWID;
CREATE TABLE spoilt (sku TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE name (kind TEXT, name TEXT, line INTEGER, PRIMARY KEY (kind, name)) WITHOUT ROWID;
CREATE TABLE finding (line INTEGER, key TEXT, reason TEXT, bad INTEGER);
"""
WALK = """
SELECT product.sku FROM product LEFT JOIN child USING (sku) LEFT JOIN spoilt USING (sku)
WHERE child.sku IS NULL AND spoilt.sku IS NULL ORDER BY product.line
"""
FINDINGS = """
SELECT line, key, reason FROM finding WHERE bad = ?
GROUP BY line, key, reason ORDER BY line, min(rowid)
"""
CELLS = msgspec.json.Decoder(dict[str, str])


class Notebook:
    """Remembers rows by SKU, names that are taken, and findings, in a temporary file."""

    def __enter__(self) -> "Notebook":
        self.database = sqlite3.connect("", isolation_level=None)  # a file that nobody else sees
        self.database.executescript(SCHEMA)
        self.database.execute("BEGIN")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.database.close()

    def note(self, finding: Finding) -> None:
        """Write down a finding."""
        values = (finding.line, finding.key, finding.reason, finding.bad)
        self.database.execute("INSERT INTO finding VALUES (?, ?, ?, ?)", values)

    def findings(self, *, bad: bool) -> Iterator[Finding]:
        """Return the bad rows, or the notes, in the order of the file."""
        for line, key, reason in self.database.execute(FINDINGS, [bad]):
            yield Finding(line, key, reason, bad)

    def bad_lines(self) -> int:
        """Count the lines that could not be used."""
        return self.number("SELECT count(DISTINCT line) FROM finding WHERE bad")

    def notes(self) -> int:
        """Count what is worth knowing but kept nothing out."""
        return self.number("SELECT count(*) FROM finding WHERE NOT bad")

    def keep(self, row: Row) -> None:
        """Keep a row until its product is made."""
        sku = fold(row.cells["sku"])
        cells = msgspec.json.encode(row.cells)
        self.database.execute("INSERT INTO line VALUES (?, ?, ?)", (sku, row.line, cells))
        self.database.execute("INSERT OR IGNORE INTO product VALUES (?, ?)", (sku, row.line))

    def spoil(self, sku: str) -> None:
        """Remember that a row of this SKU is bad, so that its product is not whole."""
        self.database.execute("INSERT OR IGNORE INTO spoilt VALUES (?)", [fold(sku)])

    def adopt(self, sku: str, parent: str) -> str | None:
        """Make a SKU a variant of a product, unless it is one of another, which is returned."""
        pair = (fold(sku), fold(parent))
        self.database.execute("INSERT OR IGNORE INTO child VALUES (?, ?)", pair)
        query = "SELECT parent FROM child WHERE sku = ? AND parent <> ?"
        found = self.database.execute(query, pair).fetchone()
        return found[0] if found else None

    def claim(self, kind: str, name: str, line: int) -> int | None:
        """Take a name for a line; returns the line that had taken it before, if any."""
        values = (kind, name, line)
        self.database.execute("INSERT OR IGNORE INTO name VALUES (?, ?, ?)", values)
        query = "SELECT line FROM name WHERE kind = ? AND name = ? AND line <> ?"
        found = self.database.execute(query, values).fetchone()
        return int(found[0]) if found else None

    def names(self, kind: str) -> int:
        """Count the names of a kind."""
        return self.number("SELECT count(*) FROM name WHERE kind = ?", [kind])

    def index(self) -> None:
        """Prepare for reading rows by SKU, once all are kept."""
        self.database.execute("CREATE INDEX line_of_sku ON line (sku)")
        self.database.execute("CREATE INDEX child_of_parent ON child (parent)")

    def products(self) -> int:
        """Count the products that can be made."""
        return self.number(f"SELECT count(*) FROM ({WALK})")

    def walk(self) -> Iterator[str]:
        """Return the SKUs of products whose own rows are good, in the order of the file."""
        for (sku,) in self.database.execute(WALK):
            yield sku

    def rows(self, skus: Iterable[str]) -> list[Row]:
        """Return the good rows of these SKUs."""
        query = (
            "SELECT line, cells FROM line WHERE sku IN ({}) AND sku NOT IN (SELECT * FROM spoilt)"
        )
        return [Row(line, CELLS.decode(cells)) for line, cells in self.among(query, list(skus))]

    def children(self, parents: Sequence[str]) -> dict[str, list[str]]:
        """Return the SKUs of the variants of each of these products."""
        found: dict[str, list[str]] = {parent: [] for parent in parents}
        query = "SELECT parent, sku FROM child WHERE parent IN ({})"
        for parent, sku in self.among(query, parents):
            found[parent].append(sku)
        return found

    def among(self, query: str, values: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Run a query with IN for any number of values."""
        for start in range(0, len(values), 500):
            some = values[start : start + 500]
            yield from self.database.execute(query.format(", ".join("?" * len(some))), some)

    def number(self, query: str, values: Sequence[str] = ()) -> int:
        """Return the one number that a query counts."""
        return int(self.database.execute(query, values).fetchone()[0])
