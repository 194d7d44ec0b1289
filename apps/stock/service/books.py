"""Compares every level with what the ledger, the holds and the allocations add up to."""

from dataclasses import dataclass

from django.db import transaction

from .statement import ask

PATIENTLY = "SELECT set_config('statement_timeout', '0', true)"
DIFFERENCES = """
SELECT coalesce(drift.sku, ''), coalesce(drift.location, ''),
    coalesce(drift.on_hand, 0), coalesce(drift.held, 0), coalesce(drift.allocated, 0),
    coalesce(drift.on_hand_moved, 0)::bigint, coalesce(drift.held_kept, 0)::bigint,
    coalesce(drift.allocated_promised, 0)::bigint
FROM stock_drift AS drift ORDER BY drift.sku, drift.location
"""
APPEAR = """
INSERT INTO stock_level (sku, location)
SELECT sku, location FROM unnest(%s::text[], %s::text[]) AS gone (sku, location)
ORDER BY sku, location ON CONFLICT DO NOTHING RETURNING sku
"""
LOCK = """
SELECT sku FROM stock_level WHERE (sku, location) IN (
    SELECT sku, location FROM unnest(%s::text[], %s::text[]) AS wrong (sku, location)
) ORDER BY sku, location FOR NO KEY UPDATE
"""
REBUILD = """
UPDATE stock_level AS level
SET on_hand = told.on_hand, held = told.held, allocated = told.allocated
FROM unnest(%s::text[], %s::text[]) AS wrong (sku, location)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(rebuilt.on_hand), 0) AS on_hand, coalesce(sum(rebuilt.held), 0) AS held,
        coalesce(sum(rebuilt.allocated), 0) AS allocated
    FROM stock_rebuilt AS rebuilt
    WHERE rebuilt.sku = wrong.sku AND rebuilt.location = wrong.location
) AS told
WHERE level.sku = wrong.sku AND level.location = wrong.location RETURNING level.sku
"""


@dataclass(frozen=True)
class Figures:
    """How many units a level has: on hand, held for carts, allocated to orders."""

    on_hand: int
    held: int
    allocated: int


@dataclass(frozen=True)
class Difference:
    """A level that is not what its records add up to."""

    sku: str
    location: str
    level: Figures
    records: Figures


@transaction.atomic
def differences() -> tuple[Difference, ...]:
    """List the levels that differ from their records: in a sound house, none."""
    ask(PATIENTLY)
    return tuple(
        Difference(sku, location, Figures(*figures[:3]), Figures(*figures[3:]))
        for sku, location, *figures in ask(DIFFERENCES)
    )


@transaction.atomic
def rebuild(wrong: tuple[Difference, ...]) -> None:
    """Write levels anew from their records, which nobody can change meanwhile."""
    ask(PATIENTLY)
    places = [each.sku for each in wrong], [each.location for each in wrong]
    ask(APPEAR, *places)
    ask(LOCK, *places)
    ask(REBUILD, *places)
