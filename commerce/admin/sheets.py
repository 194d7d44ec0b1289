"""Sheets to download, written while they are sent."""

import csv
from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse

from commerce.sheets import harmless

AT_ONCE = 500  # rows in one piece


class Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        """Give the text back."""
        return text


def sheet(name: str, rows: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    """Send rows as CSV that spreadsheets open as UTF-8, and that is no formula to any of them."""
    answer = StreamingHttpResponse(pieces(rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def pieces(rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    """Write some rows at a time."""
    writer = csv.writer(Echo())
    yield "\ufeff".encode()
    waiting: list[str] = []
    for row in rows:
        waiting.append(writer.writerow([harmless(cell) for cell in row]))
        if len(waiting) == AT_ONCE:
            yield "".join(waiting).encode()
            waiting.clear()
    yield "".join(waiting).encode()
