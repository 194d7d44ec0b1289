"""From a cart to rows: what its goods cost on the shelf, at the place they go to."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from .cart import BadLine, Cart, Line
from .destination import Destination
from .explanation import Entry, Kind
from .goods import Good
from .lists import open_lists
from .policy import Basis, Leftovers, Policy
from .rounding import Per
from .rows import Row
from .shelf import ShelfPrice, shelf_price
from .snapshot import Snapshot
from .taxing import Taxman
from .taxrows import taxable


class NotPriced(ValueError):
    """These SKUs have no price for this cart, or are not known at all."""

    def __init__(self, *skus: str) -> None:
        super().__init__(", ".join(skus))
        self.skus = skus


class Shelf:
    """The shelf as one cart sees it."""

    def __init__(self, cart: Cart, snapshot: Snapshot, destination: Destination) -> None:
        self._snapshot, self._destination = snapshot, destination
        self._policy, self._cent = snapshot.policy, snapshot.currency.cent
        self._lists = open_lists(snapshot.lists, cart)
        self._reductions = [each for each in snapshot.reductions if each.open_to(cart)]
        self.entries: list[Entry] = []

    def price(self, sku: str, quantity: int = 1) -> ShelfPrice | None:
        """Return the price of a unit when so many are bought; None if there is none."""
        good = self._snapshot.goods.get(sku)
        if good is None:
            return None
        return shelf_price(good, quantity, self._lists, self._reductions, self._policy, self._cent)

    def rows(self, cart: Cart) -> list[Row]:
        """Price everything in a cart; lines of one good at one price become one row."""
        units = Counter[str]()
        for line in cart.lines:
            units[line.sku] += line.quantity
        for sku, count in units.items():
            if count > self._policy.most_units:
                raise BadLine(f"{count} units of {sku} cannot be priced")
        found = {sku: self.price(sku, count) for sku, count in units.items()}
        shelves = {sku: shelf for sku, shelf in found.items() if shelf is not None}
        if missing := [sku for sku in found if sku not in shelves]:
            raise NotPriced(*missing)
        rows = []
        for line in together(cart.lines, self._policy):
            row = self._row(line.sku, line.quantity, shelves[line.sku], line.price)
            self._write_down(row, line.price)
            self._agree(row, line.discount)
            rows.append(row)
        return rows

    def _row(self, sku: str, quantity: int, shelf: ShelfPrice, custom: int | None) -> Row:
        row = Row(self._snapshot.goods[sku], quantity, shelf, custom)
        good = row.good
        row.price = row.basis = self._here(row.price, good)
        if custom is not None and not self._policy.tax_on_custom_price:
            row.basis = self._here(shelf.price, good)
        row.measure(self._base(row))
        if self._policy.goods_per is Per.LINE and self._cent > 1:
            row.round_to(self._cent, self._policy.rounding)
        return row

    def _here(self, price: int, good: Good) -> int:
        return self._destination.price(price, good.tax_category, good.includes_tax)

    def _base(self, row: Row) -> int:
        """Return the price that discounts are taken of."""
        if self._policy.basis is Basis.ENTERED:
            return row.price
        good = row.good
        due = self._destination.due(good.tax_category)
        included = self._destination.includes(good.tax_category, good.includes_tax)
        taxed = Taxman(self._policy, self._cent).tax(taxable(row), due, included)
        return taxed.gross_unit if self._policy.basis is Basis.WITH_TAX else taxed.net_unit

    def _write_down(self, row: Row, custom: int | None) -> None:
        shelf, units = row.shelf, row.quantity
        entered = shelf.price if custom is None else custom
        started = shelf.price + sum(each.amount for each in shelf.reductions)
        source = shelf.source
        self._note(Kind.PRICE, source.key, source.name, row, started * units)
        for by, amount in shelf.reductions:
            self._note(Kind.REDUCTION, by.key, by.name, row, -amount * units)
        self._note(Kind.OVERRIDE, "", "", row, (entered - shelf.price) * units)
        self._note(Kind.REGION, "", "", row, (row.price - entered) * units)
        self._note(Kind.ROUNDING, "", "", row, row.rounding)

    def _agree(self, row: Row, discount: int) -> None:
        took = row.take_evenly(discount, row.quantity)
        self._note(Kind.AGREED, "", "", row, -took)

    def _note(self, kind: Kind, rule: str, name: str, row: Row, amount: int) -> None:
        if amount:
            self.entries.append(Entry(kind, rule, name, row.key, amount))


def together(lines: Iterable[Line], policy: Policy) -> list[Line]:
    """Put lines of one good at one price together, in the order that leftover cents go by."""
    found: dict[tuple[str, int], Line] = {}
    for line in lines:
        key = (line.sku, -1 if line.price is None else line.price)
        found[key] = added(found[key], line) if key in found else line
    keys = sorted(found) if policy.leftovers is Leftovers.SKU else found
    return [found[key] for key in keys]


def added(one: Line, other: Line) -> Line:
    """Make one line of two."""
    return replace(
        one, quantity=one.quantity + other.quantity, discount=one.discount + other.discount
    )
