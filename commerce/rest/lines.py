"""Bodies and answers of many lines as streams, so that their size is no question of memory."""

import gzip
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import IO, cast

import msgspec
from django.http import HttpRequest

from .problems import Problem

MEDIA_TYPE = "application/x-ndjson"
MEDIA_TYPES = {MEDIA_TYPE, "application/ndjson", "application/jsonl"}
MOST = 256 * 1024 * 1024  # bytes of a body, unpacked
LONGEST = 65_536  # bytes of a line
IN_MEMORY = 1_048_576  # bytes of an answer; the rest goes to disk


def read_lines(request: HttpRequest) -> Iterator[bytes]:
    """Read the lines of an NDJSON body, packed with gzip or not.

    A line that is too long comes as its first bytes, which are no JSON any more.
    """
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if request.content_type not in MEDIA_TYPES or encoding not in {"identity", "gzip"}:
        raise Problem(
            "media-type-unsupported",
            detail=f"Send lines as `Content-Type: {MEDIA_TYPE}`, in UTF-8, plain or with"
            " `Content-Encoding: gzip`.",
            headers={"Accept": MEDIA_TYPE},
        )
    body = cast("IO[bytes]", request)
    if encoding == "identity":
        return cut(body)
    return unpacked(cut(cast("IO[bytes]", gzip.GzipFile(fileobj=body, mode="rb"))))


def cut(stream: IO[bytes]) -> Iterator[bytes]:
    """Cut a stream into lines; the end of one that is too long is read and dropped."""
    total = 0
    begun = False
    while piece := stream.readline(LONGEST):
        total += len(piece)
        if total > MOST:
            raise Problem("body-too-large", detail=f"A body may have up to {MOST} bytes.")
        if not begun:
            yield piece
        begun = not piece.endswith(b"\n")


def unpacked(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Refuse what gzip cannot read."""
    try:
        yield from lines
    except (gzip.BadGzipFile, EOFError, zlib.error) as problem:
        raise Problem("bad-request", detail=f"The body is no whole gzip file: {problem}.") from None


def written(answers: Iterable[msgspec.Struct]) -> IO[bytes]:
    """Write an answer down while the request is read; it is closed with the response."""
    with ExitStack() as unless_broken:
        file = unless_broken.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY))
        for answer in answers:
            file.write(msgspec.json.encode(answer) + b"\n")
        file.seek(0)
        unless_broken.pop_all()
    return file
