"""What other contexts and imports say of the shelf: what was counted, what was delivered."""

from django.db import transaction

from commerce.postgres import Words

from ..domain import summed
from ..domain.moves import Kind, Move, NotMoved, Outcome, Verdict
from ..interface import MAIN, CountTooLow, Line, Policy, UnknownLocation
from .move import moved_together
from .statement import ask, rows, twice

SET_POLICY = """
INSERT INTO stock_level AS level (sku, location, policy)
SELECT sku, %s::text, %s::text FROM unnest(%s::text[]) AS wish (sku)
WHERE (
    SELECT policy FROM stock_level AS is_so WHERE is_so.sku = wish.sku AND location = %s::text
) IS DISTINCT FROM %s::text
ORDER BY sku ON CONFLICT (sku, location) DO UPDATE SET policy = excluded.policy
WHERE level.policy <> excluded.policy RETURNING sku
"""

COUNT = """
SELECT sku, units, made
FROM stock_count(%s::text, %s::text[], %s::integer[], %s::text, %s::text, %s::text)
"""


def count(
    *,
    lines: tuple[Line, ...],
    reference: str,
    location: str = MAIN,
    reason: str = "",
    actor: str = "",
) -> int:
    """Set how many units there are; returns how many SKUs had another figure before.

    A counting is of the moment at which its reference is first used: what moved since is added.
    """
    wanted = summed(lines)
    return twice(lambda: counted(wanted, location, reference, reason, actor))


@transaction.atomic
def counted(wanted: dict[str, int], location: str, reference: str, reason: str, actor: str) -> int:
    """Put what is new on the shelf in one go, and move what differs."""
    skus, units = Words(wanted), list(wanted.values())
    found = ask(COUNT, location, skus, units, reference, reason, actor)
    differing = tuple(Line(sku, each) for sku, each, made in found if not made)
    changed: int = sum(made and each > 0 for _, each, made in found)
    return changed + moved_all(Kind.COUNTED, differing, location, reference, reason, actor)


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
    return twice(lambda: moved_all(kind, lines, location, reference, reason, actor))


def moved_all(
    kind: Kind, lines: tuple[Line, ...], location: str, reference: str, reason: str, actor: str
) -> int:
    """Make the moves; returns how many of them made a difference."""
    moves = [
        Move(kind, sku, location, units, reference, reason) for sku, units in summed(lines).items()
    ]
    try:
        outcomes = moved_together(moves, actor) if moves else ()
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
    said = policy.value
    return len(rows(SET_POLICY, MAIN, said, sorted(set(skus)), MAIN, said))
