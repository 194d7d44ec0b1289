"""What a cart contains: each change keeps goods aside, or puts them back at once."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from commerce import ids

from ..domain import Document, UnknownLine, Wanted
from .change import Made, Receipt, make


class Held(msgspec.Struct, frozen=True):
    """A line after a change, the version of its cart, and until when it is kept aside."""

    line: Wanted
    version: int
    until: datetime | None


def add(cart: UUID, *, sku: str, quantity: int, receipt: Receipt[Held] | None = None) -> Held:
    """Put some more units of a SKU in the cart; see `make` for repeated requests."""

    def more(document: Document) -> Document:
        before = document.of(sku) or Wanted(ids.new(), sku, 0)
        return document.set(replace(before, quantity=before.quantity + quantity))

    if receipt is None:
        return held(make(cart, more, skus=(sku,)), sku)
    write = receipt.text
    whole: Receipt[Made] = Receipt(receipt.request, lambda made: write(held(made, sku)))
    return held(make(cart, more, skus=(sku,), receipt=whole), sku)


def set_quantity(cart: UUID, item: UUID, *, quantity: int, expected: int | None = None) -> Held:
    """Change how many units a line has, one at least; also with the same number it is held anew."""
    sku = ""

    def other(document: Document) -> Document:
        nonlocal sku
        line = find(document, item)
        sku = line.sku
        return document.set(replace(line, quantity=quantity, held=()))

    return held(make(cart, other, expected=expected), sku)


def remove(cart: UUID, item: UUID, *, expected: int | None = None) -> Document:
    """Take a line out and put its goods back on the shelf at once."""

    def without(document: Document) -> Document:
        return document.set(replace(find(document, item), quantity=0))

    return make(cart, without, expected=expected).document


def replace_all(cart: UUID, wanted: Mapping[str, int], *, expected: int | None = None) -> Document:
    """Make the cart contain these units of these SKUs and nothing else, all of it held anew."""

    def others(document: Document) -> Document:
        lines = (
            Wanted(line.id if (line := document.of(sku)) else ids.new(), sku, quantity)
            for sku, quantity in wanted.items()
        )
        return replace(document, lines=tuple(lines))

    return make(cart, others, skus=wanted, expected=expected).document


def find(document: Document, item: UUID) -> Wanted:
    """Return a line by its id."""
    line = document.line(item)
    if line is None:
        raise UnknownLine
    return line


def held(made: Made, sku: str) -> Held:
    """Say until when the line of a SKU that was just changed is kept aside."""
    line = made.document.of(sku)
    if line is None:
        raise UnknownLine
    ends = [made.ends[part] for part in line.held if part in made.ends]
    return Held(line, made.document.version, min(ends, default=None))
