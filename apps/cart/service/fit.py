"""As much as there is: what shoppers are offered where all or nothing would leave them nothing."""

from dataclasses import dataclass

from msgspec.structs import replace

from apps.stock.interface import OutOfStock

from ..domain import Document, Missing
from .change import Made, kept_aside


@dataclass(frozen=True)
class Fitted:
    """A change as far as stock allowed it, and what it did not allow."""

    made: Made
    missing: tuple[Missing, ...]


def fitted(before: Document, after: Document) -> Fitted:
    """Keep a change aside, with fewer units of what is short; of what is gone, nothing changes.

    Every refusal makes at least one line smaller, so that this ends.
    """
    missing: dict[str, Missing] = {}
    while True:
        try:
            return Fitted(kept_aside(before, after), tuple(missing.values()))
        except OutOfStock as refusal:
            for short in refusal.shortages:
                wanted = missing[short.sku].wanted if short.sku in missing else short.wanted
                missing[short.sku] = Missing(short.sku, wanted, short.available)
                after = with_less(before, after, short.sku, short.available)


def with_less(before: Document, after: Document, sku: str, available: int) -> Document:
    """Ask for fewer units of a SKU; for none at all means to leave its line as it was."""
    line, former = after.of(sku), before.of(sku)
    if line is None:
        return after
    if available:
        return after.set(replace(line, quantity=available))
    return after.set(former or replace(line, quantity=0))
