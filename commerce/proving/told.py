"""What buyers tell about their visits, and whether the shop still knows of what it told them."""

import json
from collections import Counter
from collections.abc import Iterable

from commerce import ids

from .house import Place

NOT_THERE = """
SELECT count(*) FROM unnest(%s::text[]) AS told (id)
LEFT JOIN orders_order AS made
    ON made.id = told.id::uuid AND made.status NOT IN ('refused', 'refusing')
WHERE made.id IS NULL
"""


class Told:
    """How visits ended, and the orders that were acknowledged."""

    def __init__(self) -> None:
        self.answers: Counter[str] = Counter()
        self.orders: list[str] = []

    def hear(self, lines: Iterable[str]) -> None:
        """Listen to a process of buyers until it ends."""
        for line in lines:
            said = json.loads(line)
            self.answers[said["what"]] += 1
            if said["what"] == "ordered":
                self.orders.append(said["id"])
            if said["what"] == "strange":
                self.answers[f"strange: {said.get('code', said.get('status'))}"] += 1

    @property
    def twice(self) -> int:
        """How many orders were acknowledged to more than one buyer."""
        return len(self.orders) - len(set(self.orders))

    def lost(self, place: Place) -> int:
        """Count the acknowledged orders that do not exist."""
        told = [str(ids.parse("ord", order)) for order in self.orders]
        with place.connect() as truth:
            row = truth.execute(NOT_THERE, [told]).fetchone()
        return int(row[0]) if row else 0
