"""Reads the catalogue through, with its prices, for a file."""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO

from django.conf import settings

from apps.catalog.interface import Product, catalog
from apps.connectors.domain import export
from apps.pricing.interface import Price, pricing
from commerce.sheets import harmless


def ndjson(currencies: Sequence[str]) -> Iterator[bytes]:
    """Write the words of the catalogue, then every product in the order in which they came."""
    for attribute in catalog.attributes():
        yield export.word_line("attribute", attribute)
    for product_class in catalog.classes():
        yield export.word_line("class", product_class)
    for category in catalog.categories():
        yield export.word_line("category", category)
    for product, prices in everything(currencies):
        yield export.product_line(product, prices)


def sheet(currencies: Sequence[str]) -> Iterator[bytes]:
    """Write a row for every SKU, with nothing in it that a spreadsheet would run."""
    yield written(export.COLUMNS)
    for product, prices in everything(currencies):
        for row in export.rows(product, prices, settings.LANGUAGE_CODE):
            yield written([harmless(cell) for cell in row])


def written(cells: Sequence[str]) -> bytes:
    """Write a row."""
    row = StringIO()
    csv.writer(row).writerow(cells)
    return row.getvalue().encode()


def everything(currencies: Sequence[str]) -> Iterator[tuple[Product, list[Price]]]:
    """Walk through all products, asking for the prices of many at once."""
    after: str | None = None
    while True:
        batch = catalog.batch(after=after)
        skus = tuple(v.sku for product in batch.products for v in product.draft.variants)
        found = [pricing.prices(skus=skus, currency=each) for each in currencies]
        for product in batch.products:
            own = [variant.sku for variant in product.draft.variants]
            yield product, [prices[sku] for sku in own for prices in found if sku in prices]
        if batch.next is None:
            return
        after = batch.next
