"""Reads files line by line without ever holding more than one long line in memory."""

from collections.abc import Iterator
from typing import BinaryIO

from .findings import Unusable

LONGEST = 16 * 1024 * 1024  # bytes of a line or a cell
GLANCE = 65_536  # bytes
BOM = b"\xef\xbb\xbf"
WIDE = (b"\xff\xfe", b"\xfe\xff")


class TooLong(Exception):
    """A line is longer than anything a person would write."""


def look_first(stream: BinaryIO) -> None:
    """Refuse what is plainly no text file of ours, and step over a byte order mark."""
    start = stream.read(GLANCE)
    if not start.strip():
        raise Unusable("The file is empty.")
    if start.startswith(WIDE):
        raise Unusable("The file is written in UTF-16. Save it as UTF-8 and try again.")
    if b"\0" in start:
        raise Unusable(
            "This is no text file: it holds NUL bytes. Is it a spreadsheet or an archive?"
        )
    if b"\r" in start and b"\n" not in start:
        raise Unusable("The lines end as on very old Macs. Save the file with line feeds (LF).")
    stream.seek(len(BOM) if start.startswith(BOM) else 0)


def lines(stream: BinaryIO) -> Iterator[bytes]:
    """Return one line after the other with its end."""
    while line := stream.readline(LONGEST):
        if len(line) == LONGEST and not line.endswith(b"\n"):
            raise TooLong
        yield line
