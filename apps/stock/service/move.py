"""Changes what lies where: goods come, go, are counted, and change places, each with a movement."""

from collections.abc import Sequence

from django.db import transaction

from apps.catalog.interface import catalog

from ..domain.moves import Move, NotMoved, Outcome, Verdict
from .statement import ask, rows, twice

MOVE = """
SELECT outcome, difference, on_hand, promised FROM stock_move(
    %s::text[], %s::text[], %s::text[], %s::text[], %s::integer[], %s::text[], %s::text[], %s
)
"""
KNOWN = "SELECT DISTINCT sku FROM stock_level WHERE sku = ANY(%s::text[])"


def move(moves: Sequence[Move], *, actor: str) -> tuple[Outcome, ...]:
    """Make all moves or none; raises NotMoved with every one that is impossible."""
    refuse(unknown(moves))
    return twice(lambda: moved_together(moves, actor))


@transaction.atomic
def moved_together(moves: Sequence[Move], actor: str) -> tuple[Outcome, ...]:
    """Make the moves, and roll all of them back if one is impossible."""
    outcomes = moved(moves, actor)
    refuse(outcomes)
    return outcomes


def move_each(moves: Sequence[Move], *, actor: str) -> tuple[Outcome, ...]:
    """Make every move that is possible, and tell what came of each."""
    strange = {outcome.move for outcome in unknown(moves)}
    possible = [each for each in moves if each not in strange]
    outcomes = iter(twice(lambda: moved(possible, actor)))
    return tuple(
        Outcome(each, Verdict.UNKNOWN_SKU) if each in strange else next(outcomes) for each in moves
    )


def moved(moves: Sequence[Move], actor: str) -> tuple[Outcome, ...]:
    """Ask for the moves in one statement."""
    columns = zip(*map(columns_of, moves), strict=True) if moves else [()] * 7
    answers = ask(MOVE, *map(list, columns), actor)
    return tuple(
        Outcome(each, Verdict(outcome), *figures)
        for each, (outcome, *figures) in zip(moves, answers, strict=True)
    )


def columns_of(each: Move) -> tuple[str, str, str, str, int, str, str]:
    """Write a move as the function takes it."""
    kind = each.kind.value
    return kind, each.sku, each.location, each.to, each.quantity, each.reference, each.reason


def refuse(outcomes: Sequence[Outcome]) -> None:
    """Raise what is impossible."""
    if bad := tuple(outcome for outcome in outcomes if not outcome.good):
        raise NotMoved(bad)


def unknown(moves: Sequence[Move]) -> list[Outcome]:
    """Find moves of SKUs that neither the shelves nor the catalogue know."""
    strange = unknown_skus(sorted({each.sku for each in moves}))
    return [Outcome(each, Verdict.UNKNOWN_SKU) for each in moves if each.sku in strange]


def unknown_skus(skus: Sequence[str]) -> set[str]:
    """Choose the SKUs that have never been on a shelf and that the catalogue does not have."""
    strange = set(skus) - {sku for (sku,) in rows(KNOWN, list(skus))}
    if strange:
        for product in catalog.find(codes=tuple(sorted(strange))):
            strange -= {product.draft.key, *(variant.sku for variant in product.draft.variants)}
    return strange
