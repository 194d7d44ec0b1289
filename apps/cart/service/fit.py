"""As much as there is: what shoppers are offered where all or nothing would leave them nothing."""

import msgspec
from msgspec.structs import replace

from apps.stock.interface import HoldLimit, LapsedTooOften, NotStarted, OutOfStock, Waiting

from ..domain import Document, Missing, Wanted, needs
from .change import Made, kept_aside
from .sold import Inquiry


class Fitted(msgspec.Struct, frozen=True):
    """A change as far as stock allowed it, and what it did not allow."""

    made: Made
    missing: tuple[Missing, ...]


def fitted(before: Document, after: Document, inquiry: Inquiry) -> Fitted:
    """Keep a change aside, with fewer units of what is short; of what is gone, nothing changes.

    Every refusal makes a line smaller, so that this ends.
    """
    missing: dict[str, Missing] = {}
    while True:
        try:
            return Fitted(kept_aside(before, after, inquiry), tuple(missing.values()))
        except OutOfStock as refusal:
            for short in refusal.shortages:
                wanted = missing[short.sku].wanted if short.sku in missing else short.wanted
                missing[short.sku] = Missing(short.sku, wanted, short.available)
                after = with_less(before, after, short.sku, short.available)
        except (HoldLimit, LapsedTooOften, NotStarted, Waiting) as refusal:
            not_allowed = refused_lines(before, after, refusal.sku, inquiry)
            if not not_allowed:
                raise
            for line in not_allowed:
                missing[line.sku] = Missing(line.sku, line.quantity, 0)
                after = with_less(before, after, line.sku, 0)


def refused_lines(before: Document, after: Document, sku: str, inquiry: Inquiry) -> list[Wanted]:
    """Find the lines that changed and need a SKU of which the cart may hold no more."""
    touched = [line for line in after.lines if line not in before.lines]
    known = inquiry.found(touched)
    return [line for line in touched if sku in needs((line,), known)]


def with_less(before: Document, after: Document, sku: str, available: int) -> Document:
    """Ask for fewer units of a SKU; for none at all means to leave its line as it was."""
    line, former = after.of(sku), before.of(sku)
    if line is None:
        return after
    if available:
        return after.set(replace(line, quantity=available))
    return after.set(former or replace(line, quantity=0))
