"""The rules of the shelf that need no database."""

from collections import Counter

from ..interface import BadQuantity, Line, TooManyLines

MOST_LINES = 500  # of one cart or order; bundles have many parts
MOST = 1_000_000_000  # units; what a counter can hold is about twice as much


def summed(lines: tuple[Line, ...]) -> tuple[list[str], list[int]]:
    """Add up the lines of each SKU; returns SKUs in their order, and how many units of each."""
    for line in lines:
        if type(line.quantity) is not int or not 0 <= line.quantity <= MOST:
            raise BadQuantity(sku=line.sku)
    totals: Counter[str] = Counter()
    for line in lines:
        totals[line.sku] += line.quantity
    if beyond := next((sku for sku, units in totals.items() if units > MOST), None):
        raise BadQuantity(sku=beyond)
    skus = sorted(totals)
    return skus, [totals[sku] for sku in skus]


def of_cart(lines: tuple[Line, ...]) -> dict[str, int]:
    """Add up what a cart or an order wants."""
    if len(lines) > MOST_LINES:
        raise TooManyLines(most=MOST_LINES)
    return dict(zip(*summed(lines), strict=True))
