"""The truth about one SKU, read with SQL of its own that shares nothing with the shop's."""

import re
import threading
import time
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row

from commerce.proving import CannotRun, Verdict
from commerce.proving.house import Place

BOOKS = """
SELECT
    (SELECT coalesce(sum(on_hand), 0) FROM stock_movement WHERE sku = %(sku)s)::int AS received,
    (SELECT coalesce(sum(quantity), 0) FROM stock_hold WHERE sku = %(sku)s)::int AS kept,
    (SELECT coalesce(sum(quantity), 0) FROM stock_allocation WHERE sku = %(sku)s)::int AS sold,
    (SELECT coalesce(sum(on_hand), 0) FROM stock_level WHERE sku = %(sku)s)::int AS on_hand,
    (SELECT coalesce(sum(held), 0) FROM stock_level WHERE sku = %(sku)s)::int AS held,
    (SELECT coalesce(sum(allocated), 0) FROM stock_level WHERE sku = %(sku)s)::int AS allocated
"""
BETWEEN = 0.02  # seconds between two looks


@dataclass(frozen=True)
class Books:
    """One snapshot: what rows add up to, and what the level says."""

    received: int
    kept: int
    sold: int
    on_hand: int
    held: int
    allocated: int

    def judge(self, verdict: Verdict) -> None:
        """Note whatever must never be so, at any moment."""
        verdict.expect(
            self.sold + self.kept <= self.received and self.allocated + self.held <= self.on_hand,
            "oversold: at some moment more was sold and held than there is",
        )
        verdict.expect(
            (self.on_hand, self.held, self.allocated) == (self.received, self.kept, self.sold),
            "drift: at some moment the level was not what its records add up to",
        )


def read(place: Place, sku: str) -> Books:
    """Look once."""
    with place.connect() as truth, truth.cursor(row_factory=class_row(Books)) as cursor:
        return cursor.execute(BOOKS, {"sku": sku}).fetchone() or Books(0, 0, 0, 0, 0, 0)


class Watch(threading.Thread):
    """Looks all the time; a server that is down is looked for again."""

    def __init__(self, place: Place, sku: str, verdict: Verdict) -> None:
        super().__init__(daemon=True)
        self.place, self.sku, self.verdict = place, sku, verdict
        self.looks = self.most_promised = 0
        self.latest: Books | None = None
        self.ended = threading.Event()

    def run(self) -> None:
        """Look until told to end."""
        while not self.ended.is_set():
            try:
                with self.place.connect() as truth:
                    self._look(truth)
            except psycopg.OperationalError:
                time.sleep(0.05)

    def end(self) -> None:
        """Stop looking."""
        self.ended.set()
        self.join()

    def _look(self, truth: "psycopg.Connection[Any]") -> None:
        with truth.cursor(row_factory=class_row(Books)) as cursor:
            while not self.ended.wait(BETWEEN):
                found = cursor.execute(BOOKS, {"sku": self.sku}).fetchone()
                assert found
                found.judge(self.verdict)
                self.looks += 1
                self.most_promised = max(self.most_promised, found.sold + found.kept)
                self.latest = found


def spoil(place: Place, function: str, guard: str, instead: str) -> None:
    """Put something else in the place of a guard, to see that the proof notices.

    It is taken out of every function whose name begins as given.
    """
    with place.connect() as truth:
        query = "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE starts_with(proname, %s)"
        found = truth.execute(query, [function]).fetchall()
        spoiled = [re.subn(guard, instead, text) for (text,) in found]
        if not sum(times for _, times in spoiled):
            raise CannotRun(f"{function} has no guard that looks like {guard!r}.")
        for text, _ in spoiled:
            truth.execute(text)
