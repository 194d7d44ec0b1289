"""Sheets of counts and deliveries: CSV as spreadsheets write it, read line by line."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from commerce.sheets import FORMULA

from .moves import LONGEST, MOST

UNITS = re.compile(r"[0-9]{1,10}")
SEPARATORS = ",;\t"
MOST_CELL = 4_096  # characters
COLUMNS = {
    "sku": "sku",
    "quantity": "quantity",
    "on_hand": "quantity",
    "quantité": "quantity",
    "location": "location",
    "emplacement": "location",
    "reason": "reason",
    "motif": "reason",
}


class Mistake(Enum):
    """What is wrong with a row, whatever is on the shelf."""

    NO_SKU = "sku-missing"
    NO_NUMBER = "quantity-not-whole"
    TOO_FEW = "quantity-too-low"
    TOO_MUCH = "quantity-too-high"
    TOO_LONG = "text-too-long"
    FORMULA = "formula"
    STRANGE = "character-not-allowed"
    BROKEN = "row-broken"


class Unusable(Exception):
    """A file that is no sheet at all; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Row:
    """A row by the line it begins at, with a mistake if it has one."""

    line: int
    sku: str = ""
    location: str = ""
    quantity: int = 0
    reason: str = ""
    mistake: Mistake | None = None


def read_sheet(lines: Iterable[str], *, least: int) -> Iterator[Row]:
    """Read rows of at least so many units; raises Unusable for what has no SKU and quantity."""
    source = iter(lines)
    try:
        first = next(source, "")
        separator = max(SEPARATORS, key=first.count)
        header = next(csv.reader([first], delimiter=separator, strict=True), [])
    except csv.Error:
        raise Unusable("header-broken") from None
    columns = [COLUMNS.get(name.strip().lower(), "") for name in header]
    if not {"sku", "quantity"} <= set(columns):
        raise Unusable("columns-missing")
    yield from rows_of(csv.reader(source, delimiter=separator, strict=True), columns, least)


def rows_of(reader: Iterator[list[str]], columns: list[str], least: int) -> Iterator[Row]:
    """Read what follows the header; a row that cannot be told from the next ends the sheet."""
    line = 2
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            yield Row(line, mistake=Mistake.BROKEN)
            return
        if cells is None:
            return
        if any(map(str.strip, cells)):
            yield row(line, dict(zip(columns, cells, strict=False)), least)
        line = 2 + reader.line_num  # type: ignore[attr-defined]


def row(line: int, cells: dict[str, str], least: int) -> Row:
    """Read one row."""
    sku, location, reason = (plain(cells.get(name, "")) for name in ("sku", "location", "reason"))
    units = cells.get("quantity", "").strip()
    quantity = int(units) if UNITS.fullmatch(units) else 0
    found = mistake((sku, location, reason), units, cells, least)
    sku, location, reason = (kept(text) for text in (sku, location, reason))
    return Row(line, sku, location[:64], min(quantity, MOST), reason, found)


def mistake(
    texts: tuple[str, str, str], units: str, cells: dict[str, str], least: int
) -> Mistake | None:
    """Find the first thing that is wrong."""
    mistakes = {
        Mistake.NO_SKU: not texts[0],
        Mistake.STRANGE: any("\0" in text for text in texts),
        Mistake.TOO_LONG: any(len(text) > LONGEST for text in texts) or len(texts[1]) > 64,
        Mistake.FORMULA: any(cells.get(name, "").startswith(FORMULA) for name in ("sku", "reason")),
        Mistake.TOO_FEW: bool(re.fullmatch("-[0-9]+", units)),
        Mistake.NO_NUMBER: not UNITS.fullmatch(units),
    }
    if found := next((each for each, is_so in mistakes.items() if is_so), None):
        return found
    if int(units) > MOST:
        return Mistake.TOO_MUCH
    return Mistake.TOO_FEW if int(units) < least else None


def plain(cell: str) -> str:
    """Take off the apostrophe that keeps a spreadsheet from taking a cell for a formula."""
    return (
        cell[1:].strip() if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell.strip()
    )


def kept(text: str) -> str:
    """Cut a text to what can be kept of it."""
    return text.replace("\0", "").strip()[:LONGEST]
