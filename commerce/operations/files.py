"""Files cut into parts that can be read one by one: sheets with a header, or lines of JSON."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, cast

from .service import Piece

MOST = 256 * 1024 * 1024  # bytes, unpacked
LONGEST = 65_536  # bytes of a line
LARGEST = 8 * 1024 * 1024  # bytes of a part, whatever quotes stay open


class NoFile(Exception):
    """The file cannot be read at all; `reason` is a code, told in words by whoever shows it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def lines_of(file: IO[bytes], *, packed: bool) -> Iterator[bytes]:
    """Read the lines of a file, packed with gzip or not."""
    source = cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if packed else file
    total = 0
    try:
        while line := source.readline(LONGEST):
            total += len(line)
            if len(line) == LONGEST and not line.endswith(b"\n"):
                raise NoFile("line-too-long")
            if total > MOST:
                raise NoFile("file-too-large")
            yield line
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise NoFile("no-gzip-file") from None


def parts(lines: Iterable[bytes], *, size: int, first: int = 1) -> Iterator[Piece]:
    """Cut lines into parts of so many, never within a quoted cell as far as that can be helped."""
    gathered: list[bytes] = []
    quotes = length = 0
    for number, line in enumerate(lines, first):
        gathered.append(line)
        quotes += line.count(b'"')
        length += len(line)
        if (len(gathered) >= size and quotes % 2 == 0) or length > LARGEST:
            yield Piece(number + 1 - len(gathered), b"".join(gathered))
            gathered, quotes, length = [], 0, 0
            first = number + 1
    if gathered:
        yield Piece(first, b"".join(gathered))
