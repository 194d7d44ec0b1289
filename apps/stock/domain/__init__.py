"""The rules of the shelf that need no database."""

from collections import Counter

from ..interface import Line

MOST = 1_000_000_000  # units; what a counter can hold is about twice as much


def summed(lines: tuple[Line, ...]) -> tuple[list[str], list[int]]:
    """Add up the lines of each SKU; returns SKUs in their order, and how many units of each."""
    if any(not 0 <= line.quantity <= MOST for line in lines):
        raise ValueError(f"a quantity is between 0 and {MOST:,} units")
    totals: Counter[str] = Counter()
    for line in lines:
        totals[line.sku] += line.quantity
    skus = sorted(totals)
    return skus, [totals[sku] for sku in skus]
