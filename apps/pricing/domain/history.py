"""What a price was before it was reduced.

Who announces a reduction in the European Union says the lowest price of at least 30 days before
it: Directive 98/6/EC, Article 6a.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

WINDOW = timedelta(days=30)


class Step(NamedTuple):
    """From a moment on a unit cost so many steps of its currency, or could not be had."""

    since: datetime
    price: int | None


def lowest_before(steps: Sequence[Step]) -> int | None:
    """Return the lowest price of the 30 days before the present one began, if any is known."""
    told: list[Step] = []
    for step in steps:
        if not told or told[-1].price != step.price:
            told.append(step)
    if len(told) < 2:
        return None
    began = told[-1].since
    within = (
        step.price
        for step, later in pairwise(told)
        if step.price is not None and later.since > began - WINDOW
    )
    return min(within, default=None)
