"""What a price was before it was reduced.

Who announces a reduction in the European Union says the lowest price of at least 30 days before
it: Directive 98/6/EC, Article 6a.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

WINDOW = timedelta(days=30)
Cheapest = Callable[[datetime, datetime], int | None]


class Step(NamedTuple):
    """From a moment on a unit cost so many steps of its currency, or could not be had."""

    since: datetime
    price: int | None


def lowest_before(steps: Sequence[Step], cheapest: Cheapest | None = None) -> int | None:
    """Return the lowest price of the 30 days before the present one began, if any is known.

    Converted prices move with the rate of exchange, which is no reduction: their steps are told at
    one rate, and `cheapest` says what was the least that was asked between two moments of a step.
    """
    told: list[Step] = []
    for step in steps:
        if not told or told[-1].price != step.price:
            told.append(step)
    if len(told) < 2:
        return None
    began = told[-1].since
    start = began - WINDOW
    within = (
        cheapest(max(step.since, start), later.since) if cheapest else step.price
        for step, later in pairwise(steps)
        if start < later.since <= began
    )
    return min((price for price in within if price is not None), default=None)
