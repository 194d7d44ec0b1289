"""Reads Magento's CSV twice over: row by row into the notebook, then product by product out of it.

Variants stand before their product, languages anywhere, so that no product can be made before the
last row is known.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any, BinaryIO

from django.conf import settings

from apps.catalog.interface import Attribute, Product, ProductClass, catalog
from apps.connectors.domain.findings import Finding, Item, Words, fold
from apps.connectors.domain.magento.cells import BadCell
from apps.connectors.domain.magento.drafts import SILENT, entry
from apps.connectors.domain.magento.group import Group, Unfit, by_sku, sheet
from apps.connectors.domain.magento.rows import TECHNICAL, USED, Terms, faults
from apps.connectors.domain.magento.rows import read as read_cell
from apps.connectors.domain.table import Row, Table
from apps.connectors.store import Notebook
from commerce import clock

from .job import Job, Watch
from .tally import Tally

AT_ONCE = 100  # rows read or products made between two looks at the progress
FACET = 40  # characters of the longest value by which shoppers would still filter


def read(
    job: Job, stream: BinaryIO, notebook: Notebook, tally: Tally, watch: Watch
) -> Iterator[Item]:
    """Return attributes the shop does not know yet, then every product the file speaks of."""
    terms = Terms(
        currency=job.currency,
        values_separator=job.values_separator,
        languages=tuple(dict.fromkeys([settings.LANGUAGE_CODE, *dict(settings.LANGUAGES)])),
        now=clock.now(),
        with_pictures=job.image_folder is not None,
    )
    gathering = Gathering(terms, notebook)
    size = job.path.stat().st_size
    for row in Table(stream, separator=job.separator, needs="sku"):
        tally.rows += 1
        yield from gathering.take(row)
        if tally.rows % AT_ONCE == 0:
            watch("Reading", stream.tell(), size)
    watch("Reading", size, size)
    yield from gathering.unused()
    yield from gathering.words()
    yield from gathering.classes()
    yield from products(terms, notebook, watch)


class Gathering:
    """The first reading: good rows go into the notebook, and what only all rows tell is summed."""

    def __init__(self, terms: Terms, notebook: Notebook) -> None:
        self.terms = terms
        self.notebook = notebook
        self.labels: dict[str, str] = {}
        self.longest: dict[str, int] = {}  # value of each attribute, in characters
        self.columns: set[str] = set()  # that hold something
        self.sets: dict[str, int] = {}  # attribute sets, with the line that names one first

    def take(self, row: Row | Finding) -> Iterator[Finding]:
        """Keep a row, or say what is wrong with it."""
        found = [row] if isinstance(row, Finding) else list(faults(row, self.terms))
        yield from found
        if isinstance(row, Row):
            yield from self.adopt(row)
            if not found:
                yield from self.keep(row)
        if found and found[0].key:
            self.notebook.spoil(found[0].key)

    def adopt(self, row: Row) -> Iterator[Finding]:
        """Give variants to their product, be its row good or bad, so that none stands alone."""
        sku = row.cells.get("sku", "")
        for child in self.said(row, "configurable_variations"):
            if other := self.notebook.adopt(child, sku):
                yield Finding(row.line, sku, f"The variation {child} belongs to {other} already.")
                self.notebook.spoil(sku)

    def keep(self, row: Row) -> Iterator[Finding]:
        """Keep a good row unless it is in a language nobody here reads."""
        sku, store = row.cells["sku"], row.cells.get("store_view_code", "")
        if store and self.terms.locale(store) is None:
            if self.notebook.claim("store view", store, row.line) is None:
                spoken = ", ".join(self.terms.languages)
                reason = f"The store view {store!r} is in no language of the shop ({spoken})."
                yield Finding(row.line, sku, f"{reason} Its rows were set aside.", bad=False)
            return
        earlier = None if store else self.notebook.claim("row", fold(sku), row.line)
        if earlier:
            reason = f"{sku} stands on line {earlier} already; what this row says wins."
            yield Finding(row.line, sku, reason, bad=False)
        self.notebook.keep(row)
        self.learn(row)

    def learn(self, row: Row) -> None:
        """Remember columns, category paths, and attributes with the length of their values."""
        self.columns |= row.cells.keys()
        if named := row.cells.get("attribute_set_code"):
            self.sets.setdefault(named, row.line)
        for path in self.said(row, "categories"):
            self.notebook.claim("category", path, row.line)
        for code, values in self.said(row, "additional_attributes").items():
            self.longest[code] = max(self.longest.get(code, 0), *map(len, values))
        for options in self.said(row, "configurable_variations").values():
            self.longest |= {code: self.longest.get(code, 0) for code in options}
        self.labels |= self.said(row, "configurable_variation_labels")

    def said(self, row: Row, column: str) -> Any:
        """Read a composed cell; nothing if it is absent or unreadable."""
        try:
            return read_cell(column, row.cells[column], self.terms) if column in row.cells else {}
        except BadCell:
            return {}

    def unused(self) -> Iterator[Finding]:
        """Say which columns hold something that the shop has no place for."""
        unused = sorted(self.columns - USED - TECHNICAL)
        if unused:
            reason = f"These columns hold something that is not imported: {', '.join(unused)}."
            yield Finding(1, "", reason, bad=False)

    def words(self) -> Iterator[Words]:
        """Name the attributes that the shop does not know yet."""
        known = {attribute.code for attribute in catalog.attributes()} | SILENT
        for code, longest in self.longest.items():
            if code not in known:
                label = self.labels.get(code, code).replace("_", " ").capitalize()
                label_by_locale = {self.terms.languages[0]: label}
                yield Words(1, attribute=Attribute(code, label_by_locale, facet=longest <= FACET))

    def classes(self) -> Iterator[Words]:
        """Name the classes that the shop does not know yet; the file says no more of them."""
        known = {each.code for each in catalog.classes()}
        for code, line in self.sets.items():
            if code not in known:
                label = {self.terms.languages[0]: code}
                yield Words(line, product_class=ProductClass(code, label))


def products(terms: Terms, notebook: Notebook, watch: Watch) -> Iterator[Item]:
    """The second reading: every product with its variants and languages."""
    notebook.index()
    total, done = notebook.products(), 0
    skus = notebook.walk()
    while some := list(islice(skus, AT_ONCE)):
        yield from made(some, terms, notebook)
        done += len(some)
        watch("Saving", done, total)


def made(skus: list[str], terms: Terms, notebook: Notebook) -> Iterator[Item]:
    """Make some products, looking up at once what the catalogue says of them now."""
    children = notebook.children(skus)
    rows = by_sku(notebook.rows([*skus, *chain.from_iterable(children.values())]))
    sheets = {sku: sheet(some, terms) for sku, some in rows.items()}
    known = by_code(catalog.find(codes=tuple(sheets[sku].sku for sku in skus)))
    for sku in skus:
        own = {child: sheets[child] for child in children[sku] if child in sheets}
        try:
            yield entry(Group(sheets[sku], own), known.get(sku))
        except Unfit as reason:
            yield Finding(sheets[sku].line, sheets[sku].sku, f"{reason}")


def by_code(products: Iterable[Product]) -> dict[str, Product]:
    """Find products by SKU, and before that by key."""
    found = list(products)
    skus = {fold(variant.sku): each for each in found for variant in each.draft.variants}
    return skus | {fold(each.draft.key): each for each in found}
