"""Imports a file of products: reads it, asks the other contexts to keep what is good, tells all."""

import hashlib
import os
from collections.abc import Callable, Iterator
from io import BufferedReader
from pathlib import Path

from apps.connectors.domain.findings import Item, Unusable
from apps.connectors.store import Notebook

from . import magento, ndjson, prestashop
from .batches import load
from .desk import Rehearsal, Saving
from .job import Job, Watch
from .tally import Tally

Reader = Callable[[Job, BufferedReader, Notebook, Tally, Watch], Iterator[Item]]
FORMATS: dict[str, Reader] = {
    "magento": magento.read,
    "ndjson": ndjson.read,
    "prestashop": prestashop.read,
}

__all__ = ["FORMATS", "Job", "Rehearsal", "Saving", "Tally", "Watch", "import_products"]


def import_products(job: Job, notebook: Notebook, tally: Tally, watch: Watch) -> None:
    """Run a job, writing what it finds into the notebook and what it does into the tally."""
    with opened(job.path) as stream:
        desk = job.desk(notebook, tally, folder=pictures_of(job), reference=digest(stream))
        before = desk.words()
        items = FORMATS[job.format](job, stream, notebook, tally, watch)
        load(items, desk, notebook)
        tally.words += desk.words() != before


def opened(path: Path) -> BufferedReader:
    """Open the file, or say plainly why that is impossible."""
    try:
        return path.open("rb")
    except OSError as problem:
        raise Unusable(f"{path} cannot be read: {os.strerror(problem.errno or 0)}.") from None


def digest(stream: BufferedReader) -> str:
    """Name the file by its content, so that the same file means the same counts."""
    name = hashlib.file_digest(stream, "sha256").hexdigest()[:32]
    stream.seek(0)
    return f"import {name}"


def pictures_of(job: Job) -> Path | None:
    """Return the folder in which picture files are looked for."""
    return job.path.parent if job.format == "ndjson" else job.image_folder
