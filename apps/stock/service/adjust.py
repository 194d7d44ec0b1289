"""What other contexts and imports say of the shelf: what was counted, what was delivered."""

from ..domain import summed
from ..domain.moves import Kind, Move, NotMoved, Outcome, Verdict
from ..interface import MAIN, CountTooLow, Line, Policy, UnknownLocation
from .move import moved_together
from .statement import rows, twice

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
    location: str = MAIN,
    reason: str = "",
    actor: str = "",
) -> int:
    """Set how many units there are; returns how many SKUs had another figure before."""
    return adjust(Kind.COUNTED, lines, location, reference, reason, actor)


def receive(
    *,
    lines: tuple[Line, ...],
    reference: str,
    location: str = MAIN,
    reason: str = "",
    actor: str = "",
) -> int:
    """Add what was delivered, once for each reference; returns how many SKUs that changed."""
    return adjust(Kind.RECEIVED, lines, location, reference, reason, actor)


def adjust(
    kind: Kind, lines: tuple[Line, ...], location: str, reference: str, reason: str, actor: str
) -> int:
    """Change all lines or none, with a movement for each; a SKU may be new to everybody."""
    moves = [
        Move(kind, sku, location, units, reference, reason) for sku, units in summed(lines).items()
    ]
    try:
        outcomes = twice(lambda: moved_together(moves, actor))
    except NotMoved as refusal:
        raise plainly(refusal.outcomes[0]) from None
    return sum(outcome.difference != 0 for outcome in outcomes)


def plainly(outcome: Outcome) -> CountTooLow | UnknownLocation | ValueError:
    """Say a refusal as the interface does."""
    if outcome.verdict is Verdict.UNKNOWN_LOCATION:
        return UnknownLocation(location=outcome.move.location)
    if outcome.verdict is Verdict.TOO_MANY:
        return ValueError(f"{outcome.move.sku}: more units than a level can have")
    return CountTooLow(
        sku=outcome.move.sku, counted=outcome.move.quantity, promised=outcome.promised
    )


def set_policy(skus: tuple[str, ...], policy: Policy) -> int:
    """Say whether some SKUs are counted."""
    return len(rows(SET_POLICY, MAIN, policy.value, sorted(set(skus))))
