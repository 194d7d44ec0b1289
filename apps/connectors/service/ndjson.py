"""Reads the shop's own format in one go."""

from collections.abc import Iterator
from typing import BinaryIO

from django.conf import settings

from apps.catalog.interface import Category, ProductDraft, slugs
from apps.connectors.domain import ndjson, text
from apps.connectors.domain.findings import Entry, Finding, Item, Words
from apps.connectors.store import Notebook

from .job import Job, Watch
from .tally import Tally


def read(
    job: Job, stream: BinaryIO, notebook: Notebook, tally: Tally, watch: Watch
) -> Iterator[Item]:
    """Return what each line says."""
    text.look_first(stream)
    size = job.path.stat().st_size
    currencies = tuple(settings.CURRENCIES)
    try:
        for number, line in enumerate(text.lines(stream), start=1):
            if number == 1:
                ndjson.check_start(line)
            if line.strip():
                tally.rows += 1
                item = ndjson.parse(number, line, currencies)
                for path in categories(item):
                    notebook.claim("category", path, number)
                yield item
            watch("Reading and saving", stream.tell(), size)
    except text.TooLong:
        yield Finding(number + 1, "", "The line is longer than 16 MB; nothing after it was read.")


def categories(item: Item) -> Iterator[str]:
    """List the category paths that a line names."""
    match item:
        case Words(category=Category(path=path)):
            yield path
        case Entry(draft=ProductDraft(categories=named)):
            yield from map(slugs, named)
