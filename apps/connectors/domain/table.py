"""Reads a delimited file as rows that know the line they begin on.

Quoting is that of RFC 4180; a line break inside quotes counts as a line of the file.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from .findings import Finding, Unusable, fold
from .text import LONGEST, TooLong, lines, look_first

LARGEST_CELL = 1_048_576  # characters
SEPARATORS = {",": "','", ";": "';'", "\t": "'\\t'", "|": "'|'"}  # as a shell wants them
UNCLOSED = "The file ends, or a cell grows too large, inside a quote that opens in this row."
STRAY_RETURN = "The row holds a carriage return outside quotes."


@dataclass(frozen=True)
class Row:
    """The cells of a row that say something, by column."""

    line: int
    cells: dict[str, str]


class Table:
    """A file with a header row; iterate for its rows, and for what is wrong with some."""

    def __init__(self, stream: BinaryIO, *, separator: str, needs: str) -> None:
        look_first(stream)
        csv.field_size_limit(LONGEST)
        self.ended = False
        self.reader = csv.reader(self.text(stream), delimiter=separator)
        self.columns = self.header(separator, needs)

    def text(self, stream: BinaryIO) -> Iterator[str]:
        """Decode lines; bytes that are not UTF-8 are marked so that their row can be named."""
        for line in lines(stream):
            yield line.decode("utf-8", "surrogateescape")
        self.ended = True

    def header(self, separator: str, needs: str) -> list[str]:
        """Read the names of the columns."""
        try:
            names = [fold(name) for name in next(self.reader, [])]
        except (csv.Error, TooLong):
            names = []
        twice = [name for name, times in Counter(names).items() if name and times > 1]
        if needs not in names:
            raise Unusable(wrong_header(names, separator, needs))
        if twice:
            raise Unusable(f"The column {twice[0]!r} stands twice in the first line.")
        return names

    def __iter__(self) -> Iterator[Row | Finding]:
        while True:
            line = self.reader.line_num + 1
            try:
                cells = next(self.reader, None)
            except TooLong:
                yield Finding(line, "", UNCLOSED)
                return
            except csv.Error as error:
                too_large = str(error).startswith("field larger")
                yield Finding(line, "", UNCLOSED if too_large else STRAY_RETURN)
                if too_large:
                    return
                continue
            if cells is None:
                return
            if any(cells):
                yield self.row(line, cells)

    def row(self, line: int, cells: list[str]) -> Row | Finding:
        """Pair cells with columns, or say why that is impossible."""
        named = dict(zip(self.columns, (cell.strip() for cell in cells), strict=False))
        found = {name: cell for name, cell in named.items() if name and cell}
        reason = self.fault(cells)
        return (
            Finding(line, found.get(self.columns[0], "")[:64], reason)
            if reason
            else Row(line, found)
        )

    def fault(self, cells: list[str]) -> str:
        """Name what makes a row unreadable, or nothing."""
        if self.ended:
            return UNCLOSED
        if len(cells) < len(self.columns):
            return f"The row ends after {len(cells)} of {len(self.columns)} cells."
        if any(cells[len(self.columns) :]):
            return f"The row has {len(cells)} cells, the first line has {len(self.columns)}."
        if any("\0" in cell for cell in cells):
            return "A cell holds a NUL byte."
        if any(len(cell) > LARGEST_CELL for cell in cells):
            return f"A cell has more than {LARGEST_CELL} characters."
        if not all(map(is_utf8, cells)):
            return "A cell is not written in UTF-8. Save the file as UTF-8."
        return ""


def wrong_header(names: list[str], separator: str, needs: str) -> str:
    """Explain a first line that does not name the column without which nothing works."""
    first = names[0] if len(names) == 1 else ""
    for other, option in SEPARATORS.items():
        if other != separator and needs in (part.strip(' "') for part in first.split(other)):
            return f"The columns are separated otherwise. Try again with --separator {option}."
    return f"The first line names no column {needs!r}, so this is no product file."


def is_utf8(text: str) -> bool:
    """Whether no byte had to be marked when the text was decoded."""
    return text.isascii() or not any("\udc80" <= letter <= "\udcff" for letter in text)
