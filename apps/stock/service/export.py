"""All levels in their order, a few thousand at a time."""

from collections.abc import Iterator

from .statement import Row, rows

BATCH = 2_000
LEVELS = """
SELECT sku, location, on_hand, held, allocated, on_hand - safety - held - allocated, policy
FROM stock_level WHERE (sku, location) > (%s, %s) ORDER BY sku, location LIMIT %s
"""


def levels() -> Iterator[Row]:
    """Read SKU, location, on hand, held, allocated, free and policy of each level."""
    last: tuple[str, str] = ("", "")
    while some := rows(LEVELS, *last, BATCH):
        yield from some
        last = some[-1][:2]
