"""Puts goods that customers sent back on the shelf again."""

from ..domain import summed
from ..domain.moves import Kind, Move, NotMoved, Verdict
from ..interface import Line, UnknownLocation
from .move import move
from .statement import rows

COUNTED = """
SELECT DISTINCT sku FROM stock_level WHERE sku = ANY(%s::text[]) AND policy = 'tracked'
"""


def take_back(lines: tuple[Line, ...], reference: str, location: str) -> None:
    """Add what came back to a location, once for each reference; what nobody counts is left out."""
    units = summed(lines)
    counted = sorted(sku for (sku,) in rows(COUNTED, list(units)) if units[sku])
    moves = [Move(Kind.RETURNED, sku, location, units[sku], reference) for sku in counted]
    try:
        move(moves, actor="orders")
    except NotMoved as refusal:
        if {outcome.verdict for outcome in refusal.outcomes} == {Verdict.UNKNOWN_LOCATION}:
            raise UnknownLocation(location=location) from None
        raise
