"""The rules of the shelf that need no database."""

from ..interface import BadQuantity, Line, TooManyLines

MOST_LINES = 500  # of one cart or order; bundles have many parts
MOST = 1_000_000_000  # units; what a counter can hold is about twice as much


def summed(lines: tuple[Line, ...]) -> dict[str, int]:
    """Add up the lines of each SKU, in the order of SKUs."""
    totals: dict[str, int] = {}
    for line in lines:
        if type(line.quantity) is not int or line.quantity < 0:
            raise BadQuantity(sku=line.sku)
        totals[line.sku] = units = totals.get(line.sku, 0) + line.quantity
        if units > MOST:
            raise BadQuantity(sku=line.sku)
    return dict(sorted(totals.items()))


def of_cart(lines: tuple[Line, ...]) -> dict[str, int]:
    """Add up what a cart or an order wants."""
    if len(lines) > MOST_LINES:
        raise TooManyLines(most=MOST_LINES)
    return summed(lines)
