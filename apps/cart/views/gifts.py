"""Gifts that wait: what a promotion makes free once it is in the cart, as far as it is there."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.catalog.interface import Item
from apps.stock.interface import Availability, stock

from ..interface import Contents
from ..service.goods import items


@dataclass(frozen=True)
class Waiting:
    """Units of something that would cost nothing."""

    promotion: str  # its name
    item: Item
    units: int


def waiting(contents: Contents) -> tuple[Waiting, ...]:
    """Return the gifts that could be put in the cart now; nobody is offered what is sold out."""
    gifts = contents.quote.gifts
    if not gifts:
        return ()
    known = items(tuple(gift.sku for gift in gifts))
    parts = {part.sku for item in known.values() for part in item.parts}
    levels = stock.available(skus=tuple(parts)) if parts else {}
    offered = (
        Waiting(gift.name, known[gift.sku], min(gift.units, free(known[gift.sku], levels)))
        for gift in gifts
        if gift.sku in known
    )
    return tuple(each for each in offered if each.units)


def free(item: Item, levels: Mapping[str, Availability]) -> int:
    """Count the units of an item that its parts are there for."""
    return min(levels[part.sku].free // part.quantity for part in item.parts)
