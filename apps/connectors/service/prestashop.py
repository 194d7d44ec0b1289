"""Reads PrestaShop's CSV: combinations and categories first, into the notebook, then products."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from apps.catalog.interface import Attribute, ProductDraft, catalog, slugs
from apps.connectors.domain.findings import Entry, Finding, Item, Unusable, Words
from apps.connectors.domain.magento.cells import BadCell
from apps.connectors.domain.prestashop.offers import Terms, choice
from apps.connectors.domain.prestashop.products import BRAND, column, entry
from apps.connectors.domain.table import Row, Table
from apps.connectors.store import Notebook
from commerce import clock

from .job import Job, Watch
from .tally import Tally

AT_ONCE = 100  # rows between two looks at the progress
NO_TAX = "The prices are without tax; --tax 20 puts 20 % on them. They were taken as they are."


def read(
    job: Job, stream: BinaryIO, notebook: Notebook, tally: Tally, watch: Watch
) -> Iterator[Item]:
    """Return the attributes of the combinations, then every product."""
    terms = Terms(
        currency=job.currency,
        tax=job.tax,
        language=settings.LANGUAGE_CODE,
        values_separator=job.values_separator,
        now=clock.now(),
    )
    yield from words(terms, gather(job.combinations, notebook, tally))
    notebook.index()
    shelves = dict(categories(job.categories))
    size = job.path.stat().st_size
    table = Table(stream, separator=job.separator, needs="product id")
    if "price tax excluded" in map(column, table.columns) and not job.tax:
        yield Finding(1, "", NO_TAX, bad=False)
    for row in table:
        tally.rows += 1
        yield product(row, notebook, shelves, terms, job)
        if tally.rows % AT_ONCE == 0:
            watch("Reading and saving", stream.tell(), size)
    watch("Reading and saving", size, size)


def product(
    row: Row | Finding, notebook: Notebook, shelves: dict[str, str], terms: Terms, job: Job
) -> Item:
    """Make a product of its row, or say why that is impossible."""
    if isinstance(row, Finding):
        return row
    main = plain(row)
    number = main.cells.get("product id", "")
    if not number:
        return Finding(row.line, main.cells.get("reference", ""), "The product id is missing.")
    try:
        made = entry(main, notebook.rows([number]), shelves, terms)
    except BadCell as problem:
        return Finding(row.line, main.cells.get("reference", number), f"{problem}")
    for path in made.draft.categories if made.draft else ():
        notebook.claim("category", slugs(path), row.line)
    return made if job.image_folder else without_pictures(made)


def without_pictures(made: Entry) -> Entry:
    """Leave pictures as they are, because there is no folder to take them from."""
    found = catalog.find(codes=(made.key,))
    now = next((each.draft.pictures for each in found if each.draft.key == made.key), ())
    draft: ProductDraft | None = made.draft and replace(made.draft, pictures=now)
    return replace(made, draft=draft, pictures=())


def gather(path: Path | None, notebook: Notebook, tally: Tally) -> Iterator[Row]:
    """Keep the combinations by the id of their product."""
    for row in rows(path, needs="product id*"):
        tally.rows += 1
        cells = row.cells | {"sku": row.cells.get("product id", "")}
        notebook.keep(Row(row.line, cells))
        yield row


def words(terms: Terms, combined: Iterator[Row]) -> Iterator[Words]:
    """Name the attributes that the shop does not know yet."""
    known = {attribute.code for attribute in catalog.attributes()}
    labels = {BRAND: "Brand"}
    for row in combined:
        names = row.cells.get("attribute", "")
        try:
            codes = choice(names, row.cells.get("value", ""), terms.values_separator)
        except BadCell:
            continue
        told = (part.split(":")[0].strip() for part in names.split(terms.values_separator))
        labels |= dict(zip(codes, told, strict=False))
    for code, label in labels.items():
        if code not in known:
            yield Words(1, attribute=Attribute(code, {terms.language: label}))


def categories(path: Path | None) -> Iterator[tuple[str, str]]:
    """Return the path of each category by its number and by its name."""
    found: dict[str, tuple[str, str]] = {}
    numbers: dict[str, str] = {}
    for row in rows(path, needs="category id"):
        name = row.cells.get("name", "").replace("/", " ")
        numbers[row.cells.get("category id", "")] = name
        found[name] = (name, row.cells.get("parent category", ""))
    for number, name in numbers.items():
        steps = [name]
        while (above := numbers.get(found[steps[0]][1], found[steps[0]][1])) in found:
            if above in steps:
                raise Unusable(f"The category {name!r} stands below itself.")
            steps.insert(0, above)
        yield from ((number, "/".join(steps)), (name, "/".join(steps)))


def rows(path: Path | None, *, needs: str) -> Iterator[Row]:
    """Read a file that comes with the products; what is wrong with it makes it unusable."""
    if path is None:
        return
    with path.open("rb") as stream:
        for row in Table(stream, separator=";", needs=needs):
            if isinstance(row, Finding):
                raise Unusable(f"{path}, line {row.line}: {row.reason}")
            yield plain(row)


def plain(row: Row) -> Row:
    """Name the cells of a row without the hints that its columns give."""
    return Row(row.line, {column(name): cell for name, cell in row.cells.items()})
