"""Changes how many units are on the shelf: what was counted, what was delivered."""

from typing import Any

from django.db import IntegrityError, transaction

from ..domain import summed
from ..interface import MAIN, CountTooLow, Line, Policy, UnknownLocation
from ..models import Movement
from .statement import ask, rows, twice

ADJUST = """
SELECT sku, difference, promised
FROM stock_adjust(%s, %s::text[], %s::integer[], %s, %s, %s, %s)
"""
SET_POLICY = """
INSERT INTO stock_level AS level (sku, location, policy)
SELECT sku, %s, %s FROM unnest(%s::text[]) AS wish (sku) ORDER BY sku
ON CONFLICT (sku, location) DO UPDATE SET policy = excluded.policy
WHERE level.policy <> excluded.policy RETURNING sku
"""


def count(
    *,
    lines: tuple[Line, ...],
    reference: str,
    reason: str = "",
    actor: str = "",
    location: str = MAIN,
) -> int:
    """Set how many units there are; returns how many SKUs had another figure before."""
    return adjust(Movement.Kind.COUNTED, lines, location, reference, reason, actor)


def receive(
    *,
    lines: tuple[Line, ...],
    reference: str,
    reason: str = "",
    actor: str = "",
    location: str = MAIN,
) -> int:
    """Add what was delivered, once for each reference; returns how many SKUs that changed."""
    return adjust(Movement.Kind.RECEIVED, lines, location, reference, reason, actor)


def adjust(kind: str, lines: tuple[Line, ...], location: str, *why: str) -> int:
    """Change all lines or none, with a movement for each."""
    skus, quantities = summed(lines)
    try:
        changes = twice(lambda: adjusted(kind, skus, quantities, location, *why))
    except IntegrityError as nowhere:
        if "stock_level_somewhere" not in str(nowhere):
            raise
        raise UnknownLocation(location=location) from None
    return sum(difference != 0 for _, difference, _ in changes)


@transaction.atomic
def adjusted(kind: str, skus: list[str], quantities: list[int], *rest: str) -> list[Any]:
    """Ask for the change, and roll back all of it if one line breaks a promise."""
    changes = ask(ADJUST, kind, skus, quantities, *rest)
    counted = dict(zip(skus, quantities, strict=True))
    for sku, _, promised in changes:
        if promised is not None:
            raise CountTooLow(sku=sku, counted=counted[sku], promised=promised)
    return changes


def set_policy(skus: tuple[str, ...], policy: Policy) -> int:
    """Say whether some SKUs are counted."""
    return len(rows(SET_POLICY, MAIN, policy.value, sorted(set(skus))))
